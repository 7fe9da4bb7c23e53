package Case;

# What the programs here share: their settings, their browser, and how they tell
# what came of a case.
use strict;
use warnings;
use LWP::UserAgent;
use URI;
use Exporter 'import';
our @EXPORT = qw(%setting visit play);

our %setting = map { $_ => $ENV{$_} // '' } qw(ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI);

# visit opens an authorization URL as a browser does whose user is signed in
# already, and returns the parameters it is sent back with. An error is fatal: the
# libraries leave it to their app.
sub visit {
    my ($url) = @_;
    my $response = LWP::UserAgent->new(max_redirect => 0)->get($url);
    my %params   = URI->new($response->header('Location') // die $response->as_string)->query_form;
    die "$params{error}\n" if $params{error};
    return \%params;
}

# play runs the case that the command line names.
sub play {
    my ($library, $version, %cases) = @_;
    print "library $library $version\n";
    my $said = eval { $cases{ $ARGV[0] }->() };
    if (!defined $said) {
        (my $why = $@) =~ s/\s+/ /g;
        print "refused: $why\n";
        exit 1;
    }
    print "$said\n";
}

1;
