package example;

import java.io.File;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.Callable;

/** What every program here shares: its settings, its browser, and how it tells what came of a case. */
final class Case {
  static final String ISSUER = setting("ISSUER");
  static final String CLIENT_ID = setting("CLIENT_ID");
  static final String CLIENT_SECRET = setting("CLIENT_SECRET");
  static final String REDIRECT_URI = setting("REDIRECT_URI");
  static final String ACCESS_TOKEN = setting("ACCESS_TOKEN");

  private Case() {}

  private static String setting(String name) {
    return System.getenv().getOrDefault(name, "");
  }

  /** Opens an authorization URL as a browser does whose user is signed in already; returns the URL that it is sent back to. */
  static URI visit(URI url) throws Exception {
    var connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    String location = connection.getHeaderField("Location");
    if (location == null) throw new IllegalStateException(url + " answers " + connection.getResponseCode());
    return URI.create(location);
  }

  /** The version of a library: that of its file. */
  private static String version(Class<?> of) throws Exception {
    String jar = new File(of.getProtectionDomain().getCodeSource().getLocation().toURI()).getName();
    return jar.replaceAll("^.*?-(\\d[^-]*)\\.jar$", "$1");
  }

  /** Runs the case that the command line names. */
  static void play(String library, Class<?> of, String[] args, Map<String, Callable<String>> cases) throws Exception {
    System.out.println("library " + library + " " + version(of));
    try {
      System.out.println(cases.get(args[0]).call());
    } catch (Exception e) {
      var reasons = new StringBuilder(e.toString());
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) reasons.append(": ").append(cause);
      System.out.println("refused: " + reasons.toString().replace('\n', ' '));
      System.exit(1);
    }
    System.exit(0);
  }
}
