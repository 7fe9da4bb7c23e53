use strict;
use warnings;
use lib '.';
use Case;
use JSON ();
use LWP::Authen::OAuth2;

my $client = LWP::Authen::OAuth2->new(
    client_id => $setting{CLIENT_ID}, client_secret => $setting{CLIENT_SECRET}, redirect_uri => $setting{REDIRECT_URI},
    authorization_endpoint => "$setting{ISSUER}/authorize", token_endpoint => "$setting{ISSUER}/token", scope => 'openid email offline_access',
);

sub token {
    $client->request_tokens(code => visit($client->authorization_url(state => 's-1'))->{code});
    return JSON::decode_json($client->token_string);
}

sub sign_in {
    token();
    return 'signed in as ' . JSON::decode_json($client->get("$setting{ISSUER}/userinfo")->content)->{email};
}

play(
    'LWP::Authen::OAuth2', $LWP::Authen::OAuth2::VERSION,
    'sign-in' => \&sign_in, denial => \&sign_in,
    refresh => sub {
        my $before = token()->{access_token};
        $client->refresh_access_token;
        die 'the same access token' if JSON::decode_json($client->token_string)->{access_token} eq $before;
        return 'refreshed';
    },
);
