package strict

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

// registration: RFC 7591 section 2 and OIDC Dynamic Client Registration section 2.
const registration = `
redirect_uris array
token_endpoint_auth_method string
token_endpoint_auth_signing_alg string
grant_types array
response_types array
client_name string
client_uri string
logo_uri string
scope string
contacts array
tos_uri string
policy_uri string
jwks_uri string
jwks object
software_id string
software_version string
software_statement string
application_type string
sector_identifier_uri string
subject_type string
id_token_signed_response_alg string
id_token_encrypted_response_alg string
id_token_encrypted_response_enc string
userinfo_signed_response_alg string
userinfo_encrypted_response_alg string
userinfo_encrypted_response_enc string
request_object_signing_alg string
default_max_age number
require_auth_time boolean
default_acr_values array
initiate_login_uri string
request_uris array
post_logout_redirect_uris array
frontchannel_logout_uri string
frontchannel_logout_session_required boolean
backchannel_logout_uri string
backchannel_logout_session_required boolean
require_pushed_authorization_requests boolean
authorization_details_types array
dpop_bound_access_tokens boolean
`

// metadata: RFC 8414 section 2, OIDC Discovery section 3, RFC 8628 section 4,
// RFC 8705, RFC 9101, RFC 9126 section 5, RFC 9207 section 3, RFC 9396, RFC
// 9449, the OIDC logout specifications, and RFC 9728.
const metadata = `
issuer string
authorization_endpoint string
token_endpoint string
userinfo_endpoint string
jwks_uri string
registration_endpoint string
scopes_supported array
response_types_supported array
response_modes_supported array
grant_types_supported array
acr_values_supported array
subject_types_supported array
id_token_signing_alg_values_supported array
id_token_encryption_alg_values_supported array
id_token_encryption_enc_values_supported array
userinfo_signing_alg_values_supported array
userinfo_encryption_alg_values_supported array
userinfo_encryption_enc_values_supported array
request_object_signing_alg_values_supported array
request_object_encryption_alg_values_supported array
request_object_encryption_enc_values_supported array
token_endpoint_auth_methods_supported array
token_endpoint_auth_signing_alg_values_supported array
display_values_supported array
claim_types_supported array
claims_supported array
service_documentation string
claims_locales_supported array
ui_locales_supported array
claims_parameter_supported boolean
request_parameter_supported boolean
request_uri_parameter_supported boolean
require_request_uri_registration boolean
op_policy_uri string
op_tos_uri string
revocation_endpoint string
revocation_endpoint_auth_methods_supported array
revocation_endpoint_auth_signing_alg_values_supported array
introspection_endpoint string
introspection_endpoint_auth_methods_supported array
introspection_endpoint_auth_signing_alg_values_supported array
introspection_signing_alg_values_supported array
code_challenge_methods_supported array
signed_metadata string
device_authorization_endpoint string
tls_client_certificate_bound_access_tokens boolean
mtls_endpoint_aliases object
require_signed_request_object boolean
pushed_authorization_request_endpoint string
require_pushed_authorization_requests boolean
authorization_response_iss_parameter_supported boolean
authorization_details_types_supported array
authorization_signing_alg_values_supported array
dpop_signing_alg_values_supported array
end_session_endpoint string
check_session_iframe string
frontchannel_logout_supported boolean
frontchannel_logout_session_supported boolean
backchannel_logout_supported boolean
backchannel_logout_session_supported boolean
backchannel_authentication_endpoint string
backchannel_token_delivery_modes_supported array
prompt_values_supported array
protected_resources array
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
