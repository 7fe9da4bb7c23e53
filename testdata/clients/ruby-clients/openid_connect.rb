require "openid_connect"
require_relative "case"

if ISSUER.start_with?("http:") # it asks by https otherwise
  SWD.url_builder = URI::HTTP
  WebFinger.url_builder = URI::HTTP
end

PROVIDER = OpenIDConnect::Discovery::Provider::Config.discover!(ISSUER)
CLIENT = OpenIDConnect::Client.new(
  identifier: CLIENT_ID, secret: CLIENT_SECRET, redirect_uri: REDIRECT_URI,
  authorization_endpoint: PROVIDER.authorization_endpoint, token_endpoint: PROVIDER.token_endpoint, userinfo_endpoint: PROVIDER.userinfo_endpoint
)

def tokens
  params = visit(CLIENT.authorization_uri(scope: %i[openid email offline_access], nonce: "n-1", state: "s-1"))
  CLIENT.authorization_code = params["code"]
  CLIENT.access_token!
end

def verified
  id_token = OpenIDConnect::ResponseObject::IdToken.decode(tokens.id_token, PROVIDER.jwks)
  id_token.verify!(issuer: ISSUER, client_id: CLIENT_ID, nonce: "n-1")
  "signed in as #{id_token.raw_attributes["email"]}"
end

def refreshed
  old = tokens
  CLIENT.refresh_token = old.refresh_token
  raise "the same access token" if CLIENT.access_token!.access_token == old.access_token
  "refreshed"
end

play "openid_connect",
     "sign-in" => method(:verified), "denial" => method(:verified), "tampered" => method(:verified), "refresh" => method(:refreshed),
     "userinfo" => -> { "signed in as #{tokens.userinfo!.email}" }
