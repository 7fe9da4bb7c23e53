package example;

import com.auth0.jwk.JwkProviderBuilder;
import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import java.net.URI;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;

/** JavaJwt checks access tokens with java-jwt and the keys that jwks-rsa finds. */
public final class JavaJwt {
  public static void main(String[] args) throws Exception {
    Case.play("com.auth0:java-jwt", JWT.class, args, Map.of("verify", () -> {
      var keys = new JwkProviderBuilder(URI.create(Case.ISSUER + "/jwks").toURL()).build();
      var key = (RSAPublicKey) keys.get(JWT.decode(Case.ACCESS_TOKEN).getKeyId()).getPublicKey();
      return "given by " + JWT.require(Algorithm.RSA256(key, null)).withIssuer(Case.ISSUER).build().verify(Case.ACCESS_TOKEN).getSubject();
    }));
  }
}
