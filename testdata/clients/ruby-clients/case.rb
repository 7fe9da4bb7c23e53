# What the programs here share: their settings, their browser, and how they tell
# what came of a case.
require "net/http"
require "uri"

ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, ACCESS_TOKEN =
  %w[ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI ACCESS_TOKEN].map { |name| ENV.fetch(name, "") }

# visit opens an authorization URL as a browser does whose user is signed in
# already, and returns the parameters it is sent back with. An error is raised:
# the libraries leave it to their app.
def visit(url)
  response = Net::HTTP.get_response(URI(url))
  params = URI.decode_www_form(URI(response["location"] || raise("#{response.code} #{response.body}")).query).to_h
  raise params["error"] if params["error"]
  params
end

# play runs the case that the command line names.
def play(library, cases)
  puts "library #{library} #{Gem::Specification.find_by_name(library).version}"
  puts cases.fetch(ARGV[0]).call
rescue StandardError => e
  puts "refused: #{e.class}: #{e.message.tr("\n", " ")}"
  exit 1
end
