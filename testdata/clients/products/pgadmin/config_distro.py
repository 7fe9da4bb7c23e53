# The settings that authdrill env --for pgadmin prints, with the addresses of a run.
import os

DEFAULT_SERVER_PORT = int(os.environ["PORT"])
DATA_DIR = os.environ["DATA_DIR"]
LOG_FILE = DATA_DIR + "/log"
SQLITE_PATH = DATA_DIR + "/pgadmin4.db"
SESSION_DB_PATH = DATA_DIR + "/sessions"
STORAGE_DIR = DATA_DIR + "/storage"
AZURE_CREDENTIAL_CACHE_DIR = DATA_DIR + "/azure"
KERBEROS_CCACHE_DIR = DATA_DIR + "/kerberos"
UPGRADE_CHECK_ENABLED = False

AUTHENTICATION_SOURCES = ["oauth2", "internal"]
OAUTH2_AUTO_CREATE_USER = True
OAUTH2_CONFIG = [{
    "OAUTH2_NAME": "authdrill",
    "OAUTH2_DISPLAY_NAME": "authdrill",
    "OAUTH2_CLIENT_ID": os.environ["CLIENT_ID"],
    "OAUTH2_CLIENT_SECRET": os.environ["CLIENT_SECRET"],
    "OAUTH2_SERVER_METADATA_URL": os.environ["ISSUER"] + "/.well-known/openid-configuration",
    "OAUTH2_AUTHORIZATION_URL": os.environ["ISSUER"] + "/authorize",
    "OAUTH2_TOKEN_URL": os.environ["ISSUER"] + "/token",
    "OAUTH2_API_BASE_URL": os.environ["ISSUER"] + "/",
    "OAUTH2_USERINFO_ENDPOINT": "userinfo",
    "OAUTH2_SCOPE": "openid profile email",
    "OAUTH2_ICON": "fa-key",
    "OAUTH2_BUTTON_COLOR": "#3253a8",
}]
