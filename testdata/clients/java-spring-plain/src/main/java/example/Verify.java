package example;

import java.io.File;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Verify checks an access token as Spring Security's resource server does by default. */
public final class Verify {
  public static void main(String[] args) throws Exception {
    String jar = new File(NimbusJwtDecoder.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getName();
    System.out.println("library spring-security-oauth2-jose " + jar.replaceAll("^.*?-(\\d[^-]*)\\.jar$", "$1"));
    try {
      System.out.println("given by " + JwtDecoders.fromIssuerLocation(System.getenv("ISSUER")).decode(System.getenv("ACCESS_TOKEN")).getSubject());
    } catch (Exception e) {
      System.out.println("refused: " + e.toString().replace('\n', ' '));
      System.exit(1);
    }
  }
}
