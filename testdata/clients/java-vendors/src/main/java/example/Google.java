package example;

import com.google.api.client.auth.oauth2.Credential;
import com.google.api.client.googleapis.auth.oauth2.GoogleAuthorizationCodeFlow;
import com.google.api.client.googleapis.auth.oauth2.GoogleAuthorizationCodeTokenRequest;
import com.google.api.client.googleapis.auth.oauth2.GoogleIdToken;
import com.google.api.client.googleapis.auth.oauth2.GoogleIdTokenVerifier;
import com.google.api.client.googleapis.auth.oauth2.GoogleTokenResponse;
import com.google.api.client.auth.oauth2.AuthorizationCodeResponseUrl;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import java.util.List;
import java.util.Map;

/** Google's client library: the flow of a web app, and the verifier of ID tokens by Google's certificates. */
public final class Google {
  private static final NetHttpTransport transport = new NetHttpTransport();
  private static final GsonFactory json = GsonFactory.getDefaultInstance();

  private static final GoogleAuthorizationCodeFlow flow =
      new GoogleAuthorizationCodeFlow.Builder(transport, json, Case.CLIENT_ID, Case.CLIENT_SECRET, List.of("openid", "email"))
          .setAccessType("offline").build();

  private static GoogleTokenResponse tokens() throws Exception {
    var back = new AuthorizationCodeResponseUrl(Case.visit(flow.newAuthorizationUrl().setRedirectUri(Case.REDIRECT_URI).setState("a-random-state").toURI()).toString());
    if (back.getError() != null) throw new IllegalStateException(back.getError());
    GoogleAuthorizationCodeTokenRequest request = flow.newTokenRequest(back.getCode()).setRedirectUri(Case.REDIRECT_URI);
    return request.execute();
  }

  /** A token that is not good is null to the verifier. */
  private static String verified(String token) throws Exception {
    GoogleIdToken good = new GoogleIdTokenVerifier.Builder(transport, json).setAudience(List.of(Case.CLIENT_ID)).build().verify(token);
    if (good == null) throw new IllegalStateException("GoogleIdTokenVerifier finds the token not valid");
    return good.getPayload().getEmail();
  }

  private static String signedIn() throws Exception {
    return "signed in as " + verified(tokens().getIdToken());
  }

  private static String refresh() throws Exception {
    Credential credential = flow.createAndStoreCredential(tokens(), null);
    String before = credential.getAccessToken();
    if (!credential.refreshToken() || credential.getAccessToken().equals(before)) throw new IllegalStateException("the token is the same");
    return "refreshed";
  }

  public static void main(String[] args) throws Exception {
    Case.play("com.google.api-client:google-api-client", GoogleIdTokenVerifier.class, args,
        Map.of("sign-in", Google::signedIn, "tampered", Google::signedIn, "denial", Google::signedIn, "refresh", Google::refresh));
  }
}
