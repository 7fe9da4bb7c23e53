#!/bin/sh
# Installs what the apps here need. What a machine lacks is said in a line, and left out.
cd "$(dirname "$0")" || exit 1

# archive keeps the classes that a sign-in loads, for the next starts of the Java
# app in this folder: they take less than half the time.
archive() {
  rm -f target/app/classes.jsa
  echo "-XX:ArchiveClassesAtExit=target/app/classes.jsa" >target/app/archive
  if go run ../../../cmd/authdrill attack --only happy-code --parallel 1 >target/archive.log 2>&1; then
    echo "-XX:SharedArchiveFile=target/app/classes.jsa" >target/app/archive
  else
    cat target/archive.log
    : >target/app/archive
  fi
}

for app in go-*; do
  if command -v go >/dev/null; then (cd "$app" && go build -o "$app" .) || exit 1; else echo "$app: no go"; fi
done
if command -v go >/dev/null; then (cd oauth2-proxy && go build -o oauth2-proxy tool) || exit 1; else echo "oauth2-proxy: no go"; fi
for app in java-*; do
  if ! command -v java >/dev/null; then echo "$app: no java"
  elif ! command -v mvn >/dev/null; then echo "$app: no mvn"
  elif [ "${app#java-spring}" = "$app" ]; then (cd "$app" && mvn -q -B -DskipTests package) || exit 1
  else (
    cd "$app" && mvn -q -B -DskipTests package && java -Djarmode=tools -jar "target/$app.jar" extract --force --destination target/app || exit 1
    : >target/app/archive
    if [ -f authdrill.yaml ] && command -v go >/dev/null; then archive; fi
  ) || exit 1; fi
done
for app in node-*; do
  if command -v npm >/dev/null; then (cd "$app" && npm ci --no-audit --no-fund --loglevel=error) || exit 1; else echo "$app: no npm"; fi
done
for app in rust-*; do
  if command -v cargo >/dev/null; then (cd "$app" && cargo build --release --locked --quiet) || exit 1; else echo "$app: no cargo"; fi
done
for app in python-* flask-* django-*; do
  if python3 -c 'import venv, ensurepip' 2>/dev/null; then
    (cd "$app" && python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt) || exit 1
  else
    echo "$app: no python3 with venv"
  fi
done
for app in ruby-*; do
  for library in $(cat "$app/requires.txt"); do ruby -r"$library" -e 1 2>/dev/null || echo "$app: no $library: the system's packages have it"; done
done
for app in perl-*; do
  for library in $(cat "$app/requires.txt"); do perl -M"$library" -e 1 2>/dev/null || echo "$app: no $library: the system's packages have it"; done
done

# products that people run take longer, and are installed where that is asked for
if [ "$AUTHDRILL_PRODUCTS" = 1 ]; then
  for product in products/*/; do "$product/install.sh" || exit 1; done
fi
