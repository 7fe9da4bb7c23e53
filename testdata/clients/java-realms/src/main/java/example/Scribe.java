package example;

import com.github.scribejava.apis.DiscordApi;
import com.github.scribejava.apis.FacebookApi;
import com.github.scribejava.apis.GitHubApi;
import com.github.scribejava.apis.GoogleApi20;
import com.github.scribejava.apis.KeycloakApi;
import com.github.scribejava.core.builder.ServiceBuilder;
import com.github.scribejava.core.builder.api.DefaultApi20;
import com.github.scribejava.core.model.OAuth2AccessToken;
import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.model.Verb;
import com.github.scribejava.core.oauth.OAuth20Service;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Scribe signs in with a provider of ScribeJava, which the first argument names. */
public final class Scribe {
  /** What the library knows of a provider, and what it leaves to its app: the scopes and where the profile is. */
  private record Provider(DefaultApi20 api, String scope, String profile, String claim) {}

  private static Provider provider(String name) {
    return switch (name) {
      case "keycloak" -> new Provider(KeycloakApi.instance(Case.ISSUER.replaceFirst("/auth/realms/.*", ""), Case.ISSUER.replaceFirst(".*/realms/", "")), "openid email", Case.ISSUER + "/protocol/openid-connect/userinfo", "email");
      case "github" -> new Provider(GitHubApi.instance(), "user:email", "https://api.github.com/user", "login");
      case "google" -> new Provider(GoogleApi20.instance(), "openid email", "https://www.googleapis.com/oauth2/v3/userinfo", "email");
      case "discord" -> new Provider(DiscordApi.instance(), "identify email", "https://discord.com/api/users/@me", "email");
      case "facebook" -> new Provider(FacebookApi.instance(), "email", "https://graph.facebook.com/v22.0/me?fields=email", "email");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private final Provider provider;
  private final OAuth20Service service;

  private Scribe(String name) {
    provider = provider(name);
    service = new ServiceBuilder(Case.CLIENT_ID).apiSecret(Case.CLIENT_SECRET).callback(Case.REDIRECT_URI).defaultScope(provider.scope).build(provider.api);
  }

  private OAuth2AccessToken tokens() throws Exception {
    var url = service.createAuthorizationUrlBuilder().state("a-random-state").additionalParams(Map.of("access_type", "offline")).build();
    return service.getAccessToken(Case.params(Case.visit(URI.create(url))).get("code"));
  }

  private String signIn() throws Exception {
    var request = new OAuthRequest(Verb.GET, provider.profile);
    service.signRequest(tokens(), request);
    try (var response = service.execute(request)) {
      Matcher found = Pattern.compile("\"" + provider.claim + "\":\\s*\"([^\"]*)\"").matcher(response.getBody());
      if (response.getCode() != 200 || !found.find()) throw new IllegalStateException(response.getCode() + " " + response.getBody());
      return "signed in as " + found.group(1).replace("\\u0040", "@");
    }
  }

  private String refresh() throws Exception {
    var old = tokens();
    if (service.refreshAccessToken(old.getRefreshToken()).getAccessToken().equals(old.getAccessToken())) throw new IllegalStateException("the same access token");
    return "refreshed";
  }

  public static void main(String[] args) throws Exception {
    var app = new Scribe(args[0]);
    Case.play("com.github.scribejava:scribejava-apis", DefaultApi20.class, args, Map.of(
        "sign-in", app::signIn, "denial", app::signIn, "refresh", app::refresh, "token", () -> "given " + app.service.getAccessTokenClientCredentialsGrant().getTokenType()));
  }
}
