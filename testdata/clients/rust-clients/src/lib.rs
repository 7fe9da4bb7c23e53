//! What both programs share: their settings, their browser, and how they tell what
//! came of a case.
use std::collections::HashMap;
use std::env;
use std::error::Error;

pub use oauth2::reqwest;
pub type Outcome = Result<String, Box<dyn Error>>;

pub fn setting(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// http is a client that follows no redirect, as both libraries want it.
pub fn http() -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("an HTTP client")
}

/// visit opens an authorization URL as a browser does whose user is signed in
/// already, and returns the parameters that it comes back with.
pub fn visit(url: &str) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let response = http().get(url).send()?;
    let location = response.headers().get("location").ok_or("no redirect")?.to_str()?;
    let params: HashMap<_, _> = oauth2::url::Url::parse(location)?.query_pairs().into_owned().collect();
    match params.get("error") {
        Some(code) => Err(code.clone().into()), // the libraries leave this to their app
        None => Ok(params),
    }
}

/// play runs the case that the command line names.
pub fn play(library: &str, version: &str, case: impl Fn(&str) -> Outcome) {
    println!("library {library} {version}");
    match case(&env::args().nth(1).unwrap_or_default()) {
        Ok(said) => println!("{said}"),
        Err(e) => {
            let mut reasons = e.to_string();
            let mut cause = e.source();
            while let Some(c) = cause {
                reasons += &format!(": {c}");
                cause = c.source();
            }
            println!("refused: {}", reasons.replace('\n', " "));
            std::process::exit(1);
        }
    }
}

/// version is that of a library in Cargo.lock.
pub fn version(library: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let from = lock.find(&format!("name = \"{library}\"\nversion = \"")).expect("it is locked");
    lock[from..].split('"').nth(3).expect("it has a version")
}
