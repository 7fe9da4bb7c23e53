use strict;
use warnings;
use lib '.';
use Case;
use JSON ();
use Net::OAuth2::Profile::WebServer;

my $client = Net::OAuth2::Profile::WebServer->new(
    name => 'authdrill', client_id => $setting{CLIENT_ID}, client_secret => $setting{CLIENT_SECRET}, redirect_uri => $setting{REDIRECT_URI},
    site => $setting{ISSUER}, authorize_path => '/authorize', access_token_path => '/token', refresh_token_path => '/token', protected_resource_path => '/userinfo',
    scope => 'openid email offline_access', secrets_in_params => 0,
);

sub token { return $client->get_access_token(visit($client->authorize(state => 's-1'))->{code}) }

sub sign_in {
    my $response = token()->get('/userinfo');
    return 'signed in as ' . JSON::decode_json($response->content)->{email};
}

play(
    'Net::OAuth2', $Net::OAuth2::VERSION,
    'sign-in' => \&sign_in, denial => \&sign_in,
    refresh => sub {
        my $token  = token();
        my $before = $token->access_token;
        $token->refresh;
        die 'the same access token' if $token->access_token eq $before;
        return 'refreshed';
    },
);
