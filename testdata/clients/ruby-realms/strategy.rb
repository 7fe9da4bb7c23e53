# Signs alice in with a strategy of OmniAuth: strategy.rb STRATEGY CASE. The app
# around it has no server: it is called with requests that a browser would send.
ENV["http_proxy"] = ENV["HTTP_PROXY"] = ENV["https_proxy"] if ENV["https_proxy"] # what Net::HTTP and HTTPClient read for https too

require "rack"
require "rack/mock"
require "net/http"
require "uri"
require "omniauth"

ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI = %w[ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI].map { |name| ENV.fetch(name, "") }
HOME = URI(REDIRECT_URI)

# Each strategy: what is required, its gem, its name, and its settings.
STRATEGIES = {
  "github" => ["omniauth-github", "omniauth-github", :github, [CLIENT_ID, CLIENT_SECRET], { scope: "user:email" }],
  "gitlab" => ["omniauth-gitlab", "omniauth-gitlab", :gitlab, [CLIENT_ID, CLIENT_SECRET], { scope: "read_user", redirect_url: REDIRECT_URI }],
  "microsoft" => ["omniauth-azure-activedirectory-v2", "omniauth-azure-activedirectory-v2", :azure_activedirectory_v2,
                  [], { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, tenant_id: "common", scope: "openid profile email" }],
  "openid" => ["omniauth_openid_connect", "gitlab-omniauth-openid-connect", :openid_connect,
               [], { issuer: ISSUER, discovery: true, scope: %i[openid email profile], response_type: :code, uid_field: "sub",
                  client_options: { identifier: CLIENT_ID, secret: CLIENT_SECRET, redirect_uri: REDIRECT_URI } }],
}.freeze
library, gem_name, name, positional, settings = STRATEGIES.fetch(ARGV[0])
require library

OmniAuth.config.logger = Logger.new($stderr)
OmniAuth.config.request_validation_phase = nil
OmniAuth.config.full_host = "#{HOME.scheme}://#{HOME.host}:#{HOME.port}"
OmniAuth.config.on_failure = proc { |env| [401, {}, ["#{env["omniauth.error.type"]}: #{env["omniauth.error"]&.message}"]] }

BUILT = OmniAuth::Builder.new(proc { |env| [200, {}, [env["omniauth.auth"].info.email.to_s]] }) { provider(name, *positional, **settings, callback_path: HOME.path) }.to_app
SESSION = {}

def request(method, url)
  BUILT.call(Rack::MockRequest.env_for(url, method: method, "rack.session" => SESSION))
end

# visit opens an authorization URL as a browser does whose user is signed in already,
# and returns the URL it is sent back to.
def visit(url)
  response = Net::HTTP.get_response(URI(url))
  response["location"] || raise("#{response.code} #{response.body}")
end

def signed_in(name)
  _, headers, = request("POST", "#{OmniAuth.config.full_host}/auth/#{name}")
  status, _, body = request("GET", visit(headers["Location"] || headers["location"]))
  text = body.respond_to?(:join) ? body.join : body.each.to_a.join
  raise text unless status == 200
  "signed in as #{text}"
end

begin
  puts "library #{gem_name} #{Gem::Specification.find_by_name(gem_name).version}"
  puts signed_in(name)
rescue StandardError => e
  puts "refused: #{e.class}: #{e.message.tr("\n", " ")}"
  exit 1
end
