require "oauth2"
require "json"
require_relative "case"

CLIENT = OAuth2::Client.new(CLIENT_ID, CLIENT_SECRET, site: ISSUER, authorize_url: "/authorize", token_url: "/token", auth_scheme: :basic_auth)

def tokens
  url = CLIENT.auth_code.authorize_url(redirect_uri: REDIRECT_URI, scope: "openid email offline_access", state: "a-state-of-its-own")
  CLIENT.auth_code.get_token(visit(url)["code"], redirect_uri: REDIRECT_URI)
end

def refreshed
  old = tokens
  raise "the same access token" if old.refresh!.token == old.token
  "refreshed"
end

sign_in = -> { "signed in as #{JSON.parse(tokens.get("/userinfo").body)["email"]}" }
play "oauth2",
     "sign-in" => sign_in, "denial" => sign_in, "refresh" => method(:refreshed),
     "token" => -> { "given #{CLIENT.client_credentials.get_token.params["token_type"]}" }
