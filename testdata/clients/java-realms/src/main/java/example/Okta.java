package example;

import com.okta.jwt.AccessTokenVerifier;
import com.okta.jwt.JwtVerifiers;
import java.util.Map;

/** Okta checks access tokens with Okta's own verifier. */
public final class Okta {
  public static void main(String[] args) throws Exception {
    Case.play("com.okta.jwt:okta-jwt-verifier", AccessTokenVerifier.class, args, Map.of("verify", () -> {
      AccessTokenVerifier verifier = JwtVerifiers.accessTokenVerifierBuilder().setIssuer(Case.ISSUER).setAudience("api://default").build();
      return "given to " + verifier.decode(Case.ACCESS_TOKEN).getClaims().get("uid");
    }));
  }
}
