package vocabulary

// The names of the registries, with the JSON type of their values where the
// specification gives one. Sources: IANA "JSON Web Token Claims", "OAuth
// Parameters", "OAuth Authorization Server Metadata", "JSON Web Signature and
// Encryption Header Parameters", and the specifications they refer to.

// claims: RFC 7519 section 4.1; OIDC Core sections 2 and 5.1; OIDC Back-Channel
// Logout section 2.4; RFC 9068 section 2.2; RFC 8693 section 4; then what
// providers customarily add.
const claims = `
iss string
sub string
aud string|array
exp number
nbf number
iat number
jti string
auth_time number
nonce string
acr string
amr array
azp string
at_hash string
c_hash string
s_hash string
sid string
events object
name string
given_name string
family_name string
middle_name string
nickname string
preferred_username string
profile string
picture string
website string
email string
email_verified boolean
gender string
birthdate string
zoneinfo string
locale string
phone_number string
phone_number_verified boolean
address object
updated_at number
scope string
client_id string
groups array
roles array
entitlements array
act object
may_act object
cnf object
authorization_details array
sub_jwk object
_claim_names object
_claim_sources object
active boolean
token_type string
username string
hd string
oid string
tid string
upn string
ver
uid
org_id
tenant
permissions array
role
scp
realm_access object
cid
appid
idp
unique_name
mail
wids
resource_access object
`

// parameters: the IANA "OAuth Parameters" registry, requests.
const parameters = `
client_id string
client_secret string
response_type string
redirect_uri string
scope string
state string
code string
grant_type string
refresh_token string
username string
password string
nonce string
display string
prompt string
max_age
ui_locales string
claims_locales string
id_token_hint string
login_hint string
acr_values string
claims
registration
request string
request_uri string
response_mode string
code_verifier string
code_challenge string
code_challenge_method string
client_assertion string
client_assertion_type string
assertion string
token string
token_type_hint string
device_code string
user_code string
resource
audience
requested_token_type string
subject_token string
subject_token_type string
actor_token string
actor_token_type string
authorization_details
dpop_jkt string
iss string
error string
error_description string
error_uri string
access_token string
id_token string
token_type string
expires_in
session_state string
post_logout_redirect_uri string
logout_hint string
logout_token string
sid string
auth_req_id string
binding_message string
requested_expiry
`

// responses: RFC 6749 sections 5.1 and 5.2, RFC 7662 section 2.2, RFC 8628
// section 3.2, RFC 9126 section 2.2, RFC 9207, RFC 7591 section 3.2.1.
const responses = `
access_token string
token_type string
expires_in number
refresh_token string
scope string
state string
id_token string
issued_token_type string
code string
iss string
session_state string
error string
error_description string
error_uri string
active boolean
client_id string
username string
device_code string
user_code string
verification_uri string
verification_uri_complete string
interval number
request_uri string
refresh_token_expires_in number
client_secret string
client_id_issued_at number
client_secret_expires_at number
registration_access_token string
registration_client_uri string
id
login
message
user
avatar_url
`

// joseHeaders: RFC 7515 section 4.1 and RFC 7516 section 4.1.
const joseHeaders = `
alg string
jku string
jwk object
kid string
x5u string
x5c array
x5t string
x5t#S256 string
typ string
cty string
crit array
enc string
zip string
b64 boolean
epk object
apu string
apv string
p2s string
p2c number
`

// keySets: RFC 7517 section 4 and RFC 7518 section 6.
const keySets = `
keys array
kty string
use string
key_ops array
crv string
x string
y string
n string
e string
d string
p string
q string
dp string
dq string
qi string
oth array
k string
`

// claimsRequest: OIDC Core section 5.5.
const claimsRequest = `
userinfo object
id_token object
essential boolean
value
values array
`

// headers: HTTP header fields an OAuth exchange meets.
const headers = `
Accept
Accept-Encoding
Accept-Language
Access-Control-Allow-Origin
Access-Control-Allow-Headers
Access-Control-Allow-Methods
Age
Allow
Authorization
Cache-Control
Connection
Content-Disposition
Content-Encoding
Content-Language
Content-Length
Content-Location
Content-Security-Policy
Content-Type
Cookie
Date
DPoP
DPoP-Nonce
ETag
Expires
Forwarded
Host
If-Match
If-Modified-Since
If-None-Match
Keep-Alive
Last-Modified
Link
Location
Origin
Pragma
Proxy-Authenticate
Proxy-Authorization
Referer
Referrer-Policy
Refresh
Retry-After
Server
Set-Cookie
Strict-Transport-Security
Trailer
Transfer-Encoding
User-Agent
Vary
Via
WWW-Authenticate
X-Content-Type-Options
X-Forwarded-For
X-Forwarded-Host
X-Forwarded-Proto
X-Frame-Options
X-Request-Id
`
