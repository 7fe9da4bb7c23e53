package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** A web app that leaves it all to Spring Boot: the application.properties beside it name the provider. */
@SpringBootApplication
@RestController
public class App {

	public static void main(String[] args) {
		SpringApplication.run(App.class, args);
	}

	@GetMapping(path = "/", produces = "text/html")
	String home(@AuthenticationPrincipal OidcUser user) {
		return "<p>Signed in as: " + HtmlUtils.htmlEscape(String.valueOf(user.getEmail()));
	}

	@EventListener
	void listens(ServletWebServerInitializedEvent event) {
		System.err.println("Running on http://127.0.0.1:" + event.getWebServer().getPort());
	}
}
