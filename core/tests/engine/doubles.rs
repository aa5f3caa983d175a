//! A clock that a test moves and a transport that answers from a script.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};
use xilnex_auth::clock::{Clock, Flag, Glance, Reading, Work};
use xilnex_auth::request::HttpRequest;
use xilnex_auth::transport::{HttpResponse, Transport};
use xilnex_auth::{Client, Config, Error, Kind};

/// Time stands still until a test moves it. Waiting ends when the flag is set or time was moved far enough.
#[derive(Default)]
pub struct VirtualClock {
    passed: Mutex<(Duration, Duration)>,
    /// How often it was read.
    reads: AtomicUsize,
    /// How many threads it has started that have not ended.
    running: Arc<AtomicUsize>,
    /// Whether the system refuses threads.
    pub has_no_threads: AtomicBool,
}

impl VirtualClock {
    /// Both clocks, as the engine reads them.
    pub fn reading(&self) -> Reading {
        self.now()
    }

    /// How often it was read so far; a glance is no reading.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Both clocks go on, as in ordinary life.
    pub fn advance(&self, seconds: f64) {
        self.step(seconds, seconds);
    }

    /// The clocks go on by different amounts: a suspend, or NTP.
    pub fn step(&self, boot: f64, wall: f64) {
        let mut now = self.passed.lock();
        now.0 += Duration::from_secs_f64(boot);
        now.1 = Duration::from_secs_f64((now.1.as_secs_f64() + wall).max(0.0));
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Reading {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let (boot, wall) = *self.passed.lock();
        Reading { boot, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30) + wall }
    }

    fn glance(&self) -> Option<Glance> {
        let (boot, wall) = *self.passed.lock();
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap();
        Some(Glance { awake: nanos(boot), wall: nanos(wall) })
    }

    fn wait(&self, flag: &Flag, until: Duration) -> bool {
        while !flag.wait_for(Duration::from_millis(1)) {
            if self.now().boot >= until {
                return flag.is_set();
            }
        }
        true
    }

    /// Nobody else is awake: time flies.
    fn sleep(&self, until: Duration) {
        self.advance(until.saturating_sub(self.now().boot).as_secs_f64());
    }

    fn spawn(&self, work: Work) -> std::io::Result<()> {
        if self.has_no_threads.load(Ordering::SeqCst) {
            return Err(std::io::Error::other("scripted"));
        }
        let running = self.running.clone();
        running.fetch_add(1, Ordering::SeqCst);
        std::thread::spawn(move || {
            work();
            running.fetch_sub(1, Ordering::SeqCst);
        });
        Ok(())
    }
}

/// What the server does next.
pub enum Step {
    /// A token of this text, living this many seconds.
    Token(&'static str, u64),
    /// The same in an answer that was written at this time of the server's wall clock, in seconds since 1970.
    Dated(u64, &'static str, u64),
    /// This status and body at that time.
    DatedAnswer(u64, u16, &'static str),
    /// This status and body.
    Answer(u16, &'static str),
    /// The server is overloaded and asks for this many seconds of patience.
    Busy(u64),
    /// A failure on the way.
    Fail(Kind),
    /// A bug.
    Panic,
    /// Whatever comes next in the script, once the test opens the gate.
    Gate,
}

/// Answers from a script and records what was sent. Past the end of the script it is unreachable.
#[derive(Default)]
pub struct Script {
    steps: Mutex<VecDeque<Step>>,
    sent: Mutex<Vec<String>>,
    budgets: Mutex<Vec<Duration>>,
    gate: (Mutex<bool>, Condvar),
}

impl Script {
    /// How many requests were sent.
    pub fn requests(&self) -> usize {
        self.sent.lock().len()
    }

    /// The body of a request.
    pub fn body(&self, index: usize) -> String {
        self.sent.lock()[index].clone()
    }

    /// How much time a request had.
    pub fn budget(&self, index: usize) -> Duration {
        self.budgets.lock()[index]
    }

    /// Adds to the end of the script.
    pub fn push(&self, step: Step) {
        self.steps.lock().push_back(step);
    }

    /// The next requests all end like this.
    pub fn repeat(&self, times: usize, step: impl Fn() -> Step) {
        (0..times).for_each(|_| self.push(step()));
    }

    /// Whether the script is at its end.
    pub fn is_used_up(&self) -> bool {
        self.steps.lock().is_empty()
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        *self.gate.0.lock() = true;
        self.gate.1.notify_all();
    }

    fn next(&self) -> Result<HttpResponse, Error> {
        let answer = |status, body: String| HttpResponse {
            status,
            body: body.into_bytes().into(),
            ..HttpResponse::default()
        };
        let step = self.steps.lock().pop_front();
        match step {
            Some(Step::Token(text, seconds)) => Ok(answer(
                200,
                format!(r#"{{"access_token":"{text}","token_type":"Bearer","expires_in":{seconds}}}"#),
            )),
            Some(Step::Dated(date, text, seconds)) => {
                self.steps.lock().push_front(Step::Token(text, seconds));
                self.next().map(|answer| dated(answer, date))
            }
            Some(Step::DatedAnswer(date, status, body)) => Ok(dated(answer(status, body.into()), date)),
            Some(Step::Answer(status, body)) => Ok(answer(status, body.into())),
            Some(Step::Busy(seconds)) => {
                Ok(HttpResponse { retry_after: Some(seconds.to_string()), ..answer(503, String::new()) })
            }
            Some(Step::Fail(kind)) => Err(Error::new(kind, "scripted")),
            Some(Step::Panic) => panic!("scripted"),
            Some(Step::Gate) => {
                let mut open = self.gate.0.lock();
                while !*open {
                    self.gate.1.wait(&mut open);
                }
                drop(open);
                self.next()
            }
            None => Err(Error::new(Kind::Connect, "the script is at its end")),
        }
    }
}

fn dated(answer: HttpResponse, date: u64) -> HttpResponse {
    let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(date));
    HttpResponse { date: Some(date), ..answer }
}

impl Transport for Script {
    fn send(&self, request: &HttpRequest, budget: Duration) -> Result<HttpResponse, Error> {
        self.budgets.lock().push(budget);
        self.sent.lock().push(request.body.to_string());
        self.next()
    }
}

/// A client over a script and a virtual clock.
pub struct World {
    /// The client.
    pub client: Client,
    /// Its clock.
    pub clock: Arc<VirtualClock>,
    /// Its server.
    pub script: Arc<Script>,
}

impl World {
    /// A world whose server follows this script.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> World {
        World::with(steps, &[("client_secret", "canary")])
    }

    /// The same with these options of the client.
    pub fn with(steps: impl IntoIterator<Item = Step>, options: &[(&str, &str)]) -> World {
        let mut config = Config::new();
        config.set("client_id", "etl").unwrap();
        for (name, text) in options {
            config.set(name, text).unwrap();
        }
        let (clock, script) = (Arc::new(VirtualClock::default()), Arc::new(Script::default()));
        steps.into_iter().for_each(|step| script.push(step));
        let client = Client::with_parts(config, script.clone(), clock.clone(), None).unwrap();
        World { client, clock, script }
    }

    /// The token, or the id of the error's kind.
    pub fn get(&self) -> String {
        self.client.get_token().unwrap_or_else(|error| error.kind().id().to_owned())
    }

    /// The same on a thread of its own.
    pub fn get_beside(self: &Arc<World>) -> JoinHandle<String> {
        let world = self.clone();
        std::thread::spawn(move || world.get())
    }

    /// Waits, in real time, until this many requests were sent and the last flight has landed, with its thread.
    pub fn settle(&self, requests: usize) {
        self.until(|| self.script.requests() >= requests && !self.client.is_refreshing());
        self.settle_threads();
        assert_eq!(self.script.requests(), requests);
    }

    /// Waits, in real time, until this many requests were sent; the last may wait at a gate.
    pub fn settle_at_gate(&self, requests: usize) {
        self.until(|| self.script.requests() >= requests);
        assert_eq!(self.script.requests(), requests);
    }

    /// Waits, in real time, until nobody is left who might change something: a flight's thread ends after it has landed.
    pub fn settle_threads(&self) {
        self.until(|| self.clock.running.load(Ordering::SeqCst) == 0);
    }

    /// Waits, in real time and not for ever, until it is so.
    pub fn until(&self, done: impl Fn() -> bool) {
        for _ in 0..10_000 {
            if done() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits, in real time, until the token at hand is this one.
    pub fn settle_on(&self, token: &str) {
        self.until(|| self.get() == token);
        assert_eq!(self.get(), token);
    }
}
