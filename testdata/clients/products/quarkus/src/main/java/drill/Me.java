package drill;

import io.quarkus.oidc.IdToken;
import io.quarkus.oidc.UserInfo;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Me shows who is signed in: the account by the ID token, the e-mail address by userinfo. */
@Path("/me")
public class Me {
    @Inject
    @IdToken
    JsonWebToken idToken;

    @Inject
    UserInfo userInfo;

    record Shown(String account, Object email) {
    }

    @GET
    public Shown show() {
        return new Shown(idToken.getSubject(), userInfo.get("email"));
    }
}
