package example;

import java.io.File;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** What every program in Java shares, each folder by a link to this file: its settings, its browser, and how it tells what came of a case. */
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

  /** The parameters of a URL; an error among them is thrown, which the libraries leave to their app. */
  static Map<String, String> params(URI url) {
    var found = new HashMap<String, String>();
    for (String pair : url.getRawQuery().split("&")) {
      String[] parts = pair.split("=", 2);
      found.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    if (found.containsKey("error")) throw new IllegalStateException(found.get("error"));
    return found;
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
      System.out.println(cases.get(args[args.length - 1]).call());
    } catch (Exception e) {
      var reasons = new StringBuilder(e.toString());
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) reasons.append(": ").append(cause);
      System.out.println("refused: " + reasons.toString().replace('\n', ' '));
      System.exit(1);
    }
    System.exit(0);
  }
}
