package example;

import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.AuthorizationRequestUrlParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.InteractiveRequestParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.ResponseMode;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.SystemBrowserOptions;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** MSAL for Java. */
public final class Msal {
  private static final String AUTHORITY = "https://login.microsoftonline.com/";
  private static final String TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  private static final Set<String> SCOPES = Set.of("User.Read");

  private static ConfidentialClientApplication app(String tenant) throws Exception {
    return ConfidentialClientApplication.builder(Case.CLIENT_ID, ClientCredentialFactory.createFromSecret(Case.CLIENT_SECRET)).authority(AUTHORITY + tenant).build();
  }

  private static PublicClientApplication installed() throws Exception {
    return PublicClientApplication.builder(Case.CLIENT_ID).authority(AUTHORITY + "common").build();
  }

  private static IAuthenticationResult signIn(ConfidentialClientApplication app) throws Exception {
    var asked = AuthorizationRequestUrlParameters.builder(Case.REDIRECT_URI, SCOPES).responseMode(ResponseMode.QUERY).state("a-random-state").build();
    URI back = Case.visit(app.getAuthorizationRequestUrl(asked).toURI());
    String code = back.getRawQuery().replaceAll("^(.*&)?code=([^&]*).*$", "$2");
    code = java.net.URLDecoder.decode(code, StandardCharsets.UTF_8);
    return app.acquireToken(AuthorizationCodeParameters.builder(code, new URI(Case.REDIRECT_URI)).scopes(SCOPES).build()).get();
  }

  private static String signedIn() throws Exception {
    return "signed in as " + signIn(app("common")).account().username();
  }

  private static String refresh() throws Exception {
    var app = app("common");
    IAuthenticationResult before = signIn(app);
    IAuthenticationResult fresh = app.acquireTokenSilently(SilentParameters.builder(SCOPES, before.account()).forceRefresh(true).build()).get();
    if (fresh.accessToken().equals(before.accessToken())) throw new IllegalStateException("the token is the same");
    return "refreshed";
  }

  private static String token() throws Exception {
    IAuthenticationResult result = app(TENANT).acquireToken(ClientCredentialParameters.builder(Set.of("api://orders/.default")).build()).get();
    return "given a token of " + result.accessToken().length() + " characters";
  }

  private static String device() throws Exception {
    return "signed in as " + installed().acquireToken(DeviceCodeFlowParameters.builder(SCOPES, code -> {
      System.out.println("visit " + code.verificationUri() + "?user_code=" + URLEncoder.encode(code.userCode(), StandardCharsets.UTF_8));
      System.out.flush();
    }).build()).get().account().username();
  }

  /** Sends the form of a page to where it is to go, as a browser does (OAuth 2.0 Form Post Response Mode). */
  private static void post(InputStream page) throws Exception {
    String html = new String(page.readAllBytes(), StandardCharsets.UTF_8);
    var to = (HttpURLConnection) new URI(first("action=\"([^\"]*)\"", html)).toURL().openConnection();
    var form = new StringBuilder();
    Matcher input = Pattern.compile("name=\"([^\"]*)\" value=\"([^\"]*)\"").matcher(html);
    while (input.find()) form.append('&').append(input.group(1)).append('=').append(URLEncoder.encode(input.group(2), StandardCharsets.UTF_8));
    to.setDoOutput(true);
    to.getOutputStream().write(form.substring(1).getBytes(StandardCharsets.UTF_8));
    to.getResponseCode();
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) throw new IllegalStateException("no " + pattern + " in " + text);
    return found.group(1);
  }

  /** Here the library has a server for the answer, and reads errors in it. */
  private static String denial() throws Exception {
    var browser = SystemBrowserOptions.builder().openBrowserAction(url -> new Thread(() -> {
      try {
        post(url.openConnection().getInputStream());
      } catch (Exception e) {
        System.err.println(e);
      }
    }).start()).build();
    return installed().acquireToken(InteractiveRequestParameters.builder(new URI("http://localhost")).scopes(SCOPES).systemBrowserOptions(browser).build()).get().toString();
  }

  public static void main(String[] args) throws Exception {
    Case.play("com.microsoft.azure:msal4j", PublicClientApplication.class, args,
        Map.of("sign-in", Msal::signedIn, "refresh", Msal::refresh, "token", Msal::token, "device", Msal::device, "denial", Msal::denial));
  }
}
