package example;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistration.ClientSettings;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.SupplierClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.HtmlUtils;

import static org.springframework.security.oauth2.client.web.client.RequestAttributeClientRegistrationIdResolver.clientRegistrationId;

/** A web app on Spring Boot and Spring Security, as their documentation shows it. */
@SpringBootApplication
public class App {

	public static void main(String[] args) throws Exception {
		String authority = System.getenv("CA_FILE");
		if (authority != null && !authority.isEmpty()) { // one of our own, in the place of those that Java knows
			PemSslStoreDetails trusted = PemSslStoreDetails.forCertificate("file:" + authority);
			SSLContext.setDefault(SslBundle.of(new PemSslStoreBundle(null, trusted)).createSslContext());
		}
		SpringApplication.run(App.class, args);
	}

	// Spring Boot's own repository asks for the metadata at the start, and does not
	// start without; this one asks at the first sign-in.
	@Bean
	ClientRegistrationRepository registrations(Environment env) {
		return new SupplierClientRegistrationRepository(() -> new InMemoryClientRegistrationRepository(
				registration(env, "first", "OIDC_ISSUER"), registration(env, "second", "OIDC_ISSUER_2")));
	}

	private static ClientRegistration registration(Environment env, String name, String issuer) {
		return ClientRegistrations.fromIssuerLocation(env.getRequiredProperty(issuer)).registrationId(name)
			.clientId(env.getRequiredProperty("OIDC_CLIENT_ID")).clientSecret(env.getRequiredProperty("OIDC_CLIENT_SECRET"))
			.scope("openid", "profile", "email", "offline_access")
			.clientSettings(ClientSettings.builder().requireProofKey(true).build())
			.build();
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository registrations) throws Exception {
		OidcClientInitiatedLogoutSuccessHandler endSession = new OidcClientInitiatedLogoutSuccessHandler(registrations);
		endSession.setPostLogoutRedirectUri("{baseUrl}/");
		return http
			.authorizeHttpRequests(requests -> requests
				.requestMatchers("/", "/login", "/healthz", "/error").permitAll()
				.anyRequest().authenticated())
			.exceptionHandling(failed -> failed.authenticationEntryPoint((request, response, why) -> response.sendError(401)))
			.oauth2Login(login -> login.loginPage("/login"))
			.oidcLogout(logout -> logout.backChannel(Customizer.withDefaults()))
			.logout(logout -> logout.logoutSuccessHandler(endSession))
			.build();
	}

	@Bean
	RestClient api(@Value("${API_URL}") String url, RestClient.Builder builder, OAuth2AuthorizedClientManager manager,
			OAuth2AuthorizedClientRepository clients) {
		OAuth2ClientHttpRequestInterceptor token = new OAuth2ClientHttpRequestInterceptor(manager);
		token.setAuthorizationFailureHandler(OAuth2ClientHttpRequestInterceptor.authorizationFailureHandler(clients));
		return builder.baseUrl(url).requestInterceptor(token).build();
	}

	@RestController
	static class Pages {

		private final RestClient api;
		private final Map<String, String> accounts = new ConcurrentHashMap<>();

		Pages(RestClient api) {
			this.api = api;
		}

		@GetMapping(path = "/", produces = "text/html")
		String home(@AuthenticationPrincipal OidcUser user, CsrfToken csrf) {
			if (user == null) {
				return page("Welcome. " + SIGN_IN);
			}
			return page("Hello " + HtmlUtils.htmlEscape(String.valueOf(user.getFullName())) + ".</p>"
					+ "<form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"" + csrf.getParameterName()
					+ "\" value=\"" + csrf.getToken() + "\"><button>Sign out</button></form><p>");
		}

		@GetMapping(path = "/login", produces = "text/html")
		String login(@RequestParam(required = false) String error) {
			return page((error == null ? "" : "That failed. ") + SIGN_IN);
		}

		@GetMapping("/healthz")
		String healthz() {
			return "well";
		}

		@GetMapping("/me")
		Map<String, Object> me(@AuthenticationPrincipal OidcUser user) {
			Map<String, Object> me = new LinkedHashMap<>();
			me.put("signed_in", true);
			me.put("account", account(user.getIssuer() + " " + user.getSubject()));
			me.put("iss", user.getIssuer());
			me.put("sub", user.getSubject());
			me.put("email", user.getEmail());
			me.put("name", user.getFullName());
			return me;
		}

		@GetMapping("/api")
		ResponseEntity<Map<String, Object>> api(OAuth2AuthenticationToken who) {
			int status = api.get().attributes(clientRegistrationId(who.getAuthorizedClientRegistrationId())).retrieve()
				.onStatus(code -> true, (request, response) -> { }).toBodilessEntity().getStatusCode().value();
			return ResponseEntity.status(status).body(Map.of("status", status));
		}

		// The provider gives no access token any more, or is out of reach.
		@ExceptionHandler({ OAuth2AuthorizationException.class, ResourceAccessException.class })
		ResponseEntity<Map<String, Object>> failed(Exception why) {
			return ResponseEntity.status(HttpStatus.FAILED_DEPENDENCY).body(Map.of("error", "sign in again, or try later"));
		}

		private String account(String who) {
			synchronized (accounts) {
				return accounts.computeIfAbsent(who, key -> "account-" + (accounts.size() + 1));
			}
		}

		private static final String SIGN_IN = "<a href=\"/oauth2/authorization/first\">Sign in</a>";

		private static String page(String text) {
			return "<!doctype html><title>Example</title><p>" + text + "</p>";
		}
	}
}
