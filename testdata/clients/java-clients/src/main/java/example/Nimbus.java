package example;

import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.pkce.*;
import com.nimbusds.oauth2.sdk.token.*;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.util.Map;

/** Nimbus signs in with the OAuth 2.0 SDK of Nimbus. */
public final class Nimbus {
  private static final ClientID CLIENT = new ClientID(Case.CLIENT_ID);
  private static final ClientAuthentication AUTHENTICATION = new ClientSecretBasic(CLIENT, new Secret(Case.CLIENT_SECRET));
  private static final Nonce NONCE = new Nonce();

  public static void main(String[] args) throws Exception {
    var provider = OIDCProviderMetadata.resolve(new Issuer(Case.ISSUER));
    Case.play("com.nimbusds:oauth2-oidc-sdk", OIDCTokens.class, args, Map.of(
        "sign-in", () -> who(provider),
        "denial", () -> who(provider),
        "tampered", () -> who(provider),
        "userinfo", () -> {
          var request = new UserInfoRequest(provider.getUserInfoEndpointURI(), tokens(provider).getAccessToken());
          return "signed in as " + UserInfoResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().getUserInfo().getEmailAddress();
        },
        "refresh", () -> {
          var grant = new RefreshTokenGrant(tokens(provider).getRefreshToken());
          granted(new TokenRequest(provider.getTokenEndpointURI(), AUTHENTICATION, grant));
          return "refreshed";
        },
        "sign-out", () -> {
          var request = new TokenRevocationRequest(provider.getRevocationEndpointURI(), AUTHENTICATION, tokens(provider).getRefreshToken());
          if (!request.toHTTPRequest().send().indicatesSuccess()) throw new IllegalStateException("not revoked");
          return "signed out";
        },
        "token", () -> "given " + granted(new TokenRequest(provider.getTokenEndpointURI(), AUTHENTICATION, new ClientCredentialsGrant())).getTokens().getAccessToken().getType(),
        "verify", () -> {
          var request = new TokenIntrospectionRequest(provider.getIntrospectionEndpointURI(), AUTHENTICATION, new BearerAccessToken(Case.ACCESS_TOKEN));
          if (!TokenIntrospectionResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().isActive()) throw new IllegalStateException("not active");
          return "active";
        }));
  }

  private static String who(OIDCProviderMetadata provider) throws Exception {
    IDTokenClaimsSet claims = new IDTokenValidator(new Issuer(Case.ISSUER), CLIENT, JWSAlgorithm.RS256, provider.getJWKSetURI().toURL())
        .validate(tokens(provider).getIDToken(), NONCE);
    return "signed in as " + claims.getStringClaim("email");
  }

  private static OIDCTokens tokens(OIDCProviderMetadata provider) throws Exception {
    var verifier = new CodeVerifier();
    var state = new State();
    var request = new AuthenticationRequest.Builder(new ResponseType("code"), new Scope("openid", "email", "offline_access"), CLIENT, URI.create(Case.REDIRECT_URI))
        .endpointURI(provider.getAuthorizationEndpointURI()).state(state).nonce(NONCE).codeChallenge(verifier, CodeChallengeMethod.S256).build();
    var response = AuthenticationResponseParser.parse(Case.visit(request.toURI()));
    if (!state.equals(response.getState())) throw new IllegalStateException("another state");
    if (!response.indicatesSuccess()) throw new IllegalStateException(response.toErrorResponse().getErrorObject().getCode());
    var grant = new AuthorizationCodeGrant(response.toSuccessResponse().getAuthorizationCode(), URI.create(Case.REDIRECT_URI), verifier);
    return ((OIDCTokenResponse) granted(new TokenRequest(provider.getTokenEndpointURI(), AUTHENTICATION, grant))).getOIDCTokens();
  }

  private static AccessTokenResponse granted(TokenRequest request) throws Exception {
    TokenResponse response = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
    if (!response.indicatesSuccess()) throw new IllegalStateException(response.toErrorResponse().getErrorObject().getCode());
    return response.toSuccessResponse();
  }
}
