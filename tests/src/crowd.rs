//! Real threads in crowds: how many requests they make, and how fast they are let go.

use crate::doubles::{Script, Step};
use std::sync::{Arc, Barrier, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};
use xilnex_auth::ahead::AheadClock;
use xilnex_auth::clock::{Clock, SystemClock};
use xilnex_auth::request::HttpRequest;
use xilnex_auth::transport::{HttpResponse, Transport};
use xilnex_auth::{Call, Client, Config, Error, Kind};

/// So that ten thousand threads fit into any machine.
const STACK: usize = 128 * 1024;

fn client(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Client {
    let mut config = Config::new();
    for (name, text) in [("client_id", "etl"), ("client_secret", "x"), ("timeout", "60")] {
        config.set(name, text).expect("a valid option");
    }
    Client::with_parts(config, transport, clock, None).expect("a valid configuration")
}

/// A state of the cache and of the server in which a crowd comes.
#[derive(Clone, Copy, Debug)]
pub enum Arrival {
    /// No token yet, and the server gives one.
    Cold,
    /// The token has expired, and the server gives another.
    AtExpiry,
    /// No token yet, and the server refuses.
    ColdFailure,
    /// The token has expired, and the server refuses.
    FailureAtExpiry,
}

impl Arrival {
    /// All of them.
    pub const ALL: [Arrival; 4] =
        [Arrival::Cold, Arrival::AtExpiry, Arrival::ColdFailure, Arrival::FailureAtExpiry];

    fn is_late(self) -> bool {
        matches!(self, Arrival::AtExpiry | Arrival::FailureAtExpiry)
    }

    fn step(self) -> Step {
        match self {
            Arrival::Cold | Arrival::AtExpiry => Step::Token("new", 3600),
            Arrival::ColdFailure | Arrival::FailureAtExpiry => {
                Step::Answer(400, r#"{"error":"invalid_client"}"#)
            }
        }
    }

    fn outcome(self) -> Result<&'static str, Kind> {
        match self {
            Arrival::Cold | Arrival::AtExpiry => Ok("new"),
            Arrival::ColdFailure | Arrival::FailureAtExpiry => Err(Kind::Rejected),
        }
    }
}

/// One engine, and what a crowd is to find of it.
struct Round {
    client: Client,
    script: Arc<Script>,
    before: usize,
}

impl Round {
    fn new(arrival: Arrival) -> Result<Round, String> {
        let (script, clock) = (Arc::new(Script::default()), Arc::new(AheadClock::default()));
        let client = client(script.clone(), clock.clone());
        if arrival.is_late() {
            script.push(Step::Token("old", 3600));
            client.get_token().map_err(|error| error.to_string())?;
            clock.advance(Duration::from_secs(3600));
        }
        let before = script.requests();
        script.push(Step::Gate);
        script.push(arrival.step());
        Ok(Round { client, script, before })
    }
}

type Told = (Result<String, Error>, Instant);

/// Lets a crowd of threads ask at once, again and again; gives for each time how long after the answer the last of them
/// had it.
///
/// # Errors
/// What was not as it must be: one request, and the same outcome for everybody.
pub fn one_request(threads: usize, repetitions: usize, arrival: Arrival) -> Result<Vec<Duration>, String> {
    let rounds: Arc<Vec<Round>> =
        Arc::new((0..repetitions).map(|_| Round::new(arrival)).collect::<Result<_, _>>()?);
    let together = Arc::new(Barrier::new(threads + 1));
    let crowd: Result<Vec<_>, _> = (0..threads).map(|_| ask(rounds.clone(), together.clone())).collect();
    let crowd = crowd.map_err(|problem| format!("no thread: {problem}"))?;
    let opened: Vec<Instant> = rounds.iter().map(|round| let_in(round, &together, threads)).collect();
    let told: Result<Vec<Vec<Told>>, _> = crowd.into_iter().map(JoinHandle::join).collect();
    let told = told.map_err(|_| "a caller panicked")?;
    rounds
        .iter()
        .enumerate()
        .map(|(index, round)| {
            let told = told.iter().map(|of_one| &of_one[index]);
            judge(round, arrival, opened[index], told, threads)
        })
        .collect()
}

/// Lets everybody ask, and the server answer once they wait.
fn let_in(round: &Round, together: &Barrier, threads: usize) -> Instant {
    together.wait();
    std::thread::sleep(gathering(threads));
    let opened = Instant::now();
    round.script.open();
    together.wait();
    opened
}

fn judge<'a>(
    round: &Round,
    arrival: Arrival,
    opened: Instant,
    told: impl Iterator<Item = &'a Told>,
    threads: usize,
) -> Result<Duration, String> {
    let mut slowest = Duration::ZERO;
    for (outcome, at) in told {
        let outcome = outcome.as_ref().map(String::as_str).map_err(Error::kind);
        if outcome != arrival.outcome() {
            return Err(format!("a caller got {outcome:?}"));
        }
        slowest = slowest.max(at.saturating_duration_since(opened));
    }
    match round.script.requests() - round.before {
        1 => Ok(slowest),
        count => Err(format!("{count} requests for {threads} callers")),
    }
}

fn ask(rounds: Arc<Vec<Round>>, together: Arc<Barrier>) -> std::io::Result<JoinHandle<Vec<Told>>> {
    Builder::new().stack_size(STACK).spawn(move || {
        let one = |round: &Round| {
            together.wait();
            let told = (round.client.get_token(), Instant::now());
            together.wait();
            told
        };
        rounds.iter().map(one).collect()
    })
}

/// What the machine itself needs: the same crowd, kept by a flag and a condition variable and nothing else.
pub fn floor(threads: usize, repetitions: usize) -> Vec<Duration> {
    let gates: Vec<_> = (0..repetitions).map(|_| (Mutex::new(false), Condvar::new())).collect();
    let (gates, together) = (Arc::new(gates), Arc::new(Barrier::new(threads + 1)));
    let crowd: Vec<_> = (0..threads).map(|_| stand(gates.clone(), together.clone())).collect();
    let mut slowest = Vec::new();
    for (open, changed) in gates.iter() {
        together.wait();
        std::thread::sleep(gathering(threads));
        let opened = Instant::now();
        *open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        together.wait();
        slowest.push(opened);
    }
    let told: Vec<Vec<Instant>> = crowd.into_iter().filter_map(|waits| waits.join().ok()).collect();
    let last = |index: usize| told.iter().map(|of_one| of_one[index]).max();
    slowest
        .iter()
        .enumerate()
        .filter_map(|(index, opened)| Some(last(index)?.duration_since(*opened)))
        .collect()
}

fn stand(gates: Arc<Vec<(Mutex<bool>, Condvar)>>, together: Arc<Barrier>) -> JoinHandle<Vec<Instant>> {
    let waits = move |(open, changed): &(Mutex<bool>, Condvar)| {
        together.wait();
        let open = open.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(open, |open| !*open));
        let at = Instant::now();
        together.wait();
        at
    };
    let small = Builder::new().stack_size(STACK);
    small.spawn(move || gates.iter().map(waits).collect()).expect("a thread")
}

/// Long enough for everybody to wait; whoever does not is served by the same flight or by what it left behind.
fn gathering(threads: usize) -> Duration {
    Duration::from_millis(30) + Duration::from_micros(30) * u32::try_from(threads).unwrap_or(u32::MAX)
}

/// A server that takes its time, whatever the caller's patience.
struct Slow(Duration);

impl Transport for Slow {
    fn send(&self, _: &HttpRequest, budget: Duration) -> Result<HttpResponse, Error> {
        std::thread::sleep(self.0.min(budget));
        if self.0 > budget {
            return Err(Error::new(Kind::Timeout, "slow"));
        }
        let body = br#"{"access_token":"new","token_type":"Bearer","expires_in":3600}"#;
        Ok(HttpResponse { status: 200, body: body.to_vec().into(), ..HttpResponse::default() })
    }
}

/// Random pairs of a flight's duration and a caller's deadline, up to `longest` each; gives the longest time that a
/// caller came back after its deadline.
///
/// # Errors
/// A caller whose outcome does not fit its deadline.
pub fn deadlines(pairs: usize, longest: Duration) -> Result<Duration, String> {
    let mut latest = Duration::ZERO;
    for group in 0..pairs.div_ceil(100) {
        let callers: Vec<_> = (0..100.min(pairs - group * 100))
            .map(|_| std::thread::spawn(move || one_deadline(longest)))
            .collect();
        for caller in callers {
            latest = latest.max(caller.join().map_err(|_| "a caller panicked")??);
        }
    }
    Ok(latest)
}

fn one_deadline(longest: Duration) -> Result<Duration, String> {
    let (flight, patience) = (longest.mul_f64(fastrand::f64()), longest.mul_f64(fastrand::f64()));
    let client = client(Arc::new(Slow(flight)), Arc::new(SystemClock));
    let began = Instant::now();
    let outcome = client.access_token(&Call { timeout: Some(patience), ..Call::default() });
    let took = began.elapsed();
    match outcome {
        Ok(_) if took >= flight => {}
        Err(error) if error.kind() == Kind::Timeout && took >= patience => {}
        other => return Err(format!("flight {flight:?}, patience {patience:?}: {other:?} after {took:?}")),
    }
    Ok(took.saturating_sub(patience))
}
