//! A token at hand in Rust against two clock reads and a clone of an `Arc`; the first token against the crate oauth2.

use criterion::{BatchSize, Criterion, SamplingMode};
use oauth2::basic::BasicClient;
use oauth2::{AuthType, ClientId, ClientSecret, Scope, TokenResponse, TokenUrl};
use rustix::time::{ClockId, clock_gettime};
use std::env::var;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use xilnex_auth::{Call, Client, Config};

// As the packages have it.
#[global_allocator]
static ALLOCATOR: xilnex_auth_wiping::Wiping = xilnex_auth_wiping::Wiping;

/// A client of the environment, of a configuration of its own for each number: a server is asked for each once.
fn client(number: u32) -> Client {
    let mut config = Config::from_env().expect("the environment configures a client");
    let seconds = format!("{:.5}", 3.0 + f64::from(number) / 100_000.0);
    config.set("connect_timeout", &seconds).expect("an option");
    Client::new(config).expect("a client")
}

fn hits(criterion: &mut Criterion) {
    let (client, call) = (client(0), Call::default());
    let token = client.access_token(&call).expect("a token");
    criterion.bench_function("access_token", |bencher| bencher.iter(|| client.access_token(&call)));
    criterion.bench_function("floor", |bencher| {
        bencher.iter(|| {
            black_box((clock_gettime(ClockId::Boottime), clock_gettime(ClockId::RealtimeCoarse)));
            Arc::clone(&token)
        });
    });
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("first");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    let mut number = 0;
    group.bench_function("request", |bencher| {
        let next = || {
            number += 1;
            client(number)
        };
        bencher.iter_batched(next, |client| client.get_token().expect("a token"), BatchSize::PerIteration);
    });
    let text = |name: &str| var(name).expect("the variables of the sandbox");
    let url = TokenUrl::new(text("XILNEX_BASE_URL") + "/connect/token").expect("an address");
    group.bench_function("oauth2_request", |bencher| {
        bencher.iter(|| {
            BasicClient::new(ClientId::new(text("XILNEX_CLIENT_ID")))
                .set_client_secret(ClientSecret::new(text("XILNEX_CLIENT_SECRET")))
                .set_auth_type(AuthType::RequestBody)
                .set_token_uri(url.clone())
                .exchange_client_credentials()
                .add_scope(Scope::new("coreapi".into()))
                .request(&oauth2::ureq::Agent::new())
                .expect("a token")
                .access_token()
                .secret()
                .clone()
        });
    });
    group.finish();
}

fn main() {
    let short = Duration::from_millis(300);
    let mut criterion = Criterion::default().measurement_time(short).warm_up_time(short / 3).without_plots();
    hits(&mut criterion);
    requests(&mut criterion);
    criterion.final_summary();
}
