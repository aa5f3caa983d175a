//! A world: time, a network, callers. While a request is under way the callers go on, inside it.

use super::reference::{Reference, Seen};
use super::server::{Answer, Server};
use super::{Figures, chance, log_uniform};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use xilnex_auth::clock::{Clock, Flag, Glance, Reading, Work};
use xilnex_auth::request::HttpRequest;
use xilnex_auth::transport::{HttpResponse, Transport};
use xilnex_auth::{Call, Client, Config, Error, Pending};

/// How many calls a world sees.
const CALLS: u64 = 400;

/// Deeper than any tower of lost flights gets.
const DEEPEST: usize = 6;

/// A caller that waits.
struct Waiting {
    pending: Pending,
    seen: Seen,
}

struct State {
    boot: Duration,
    wall: Duration,
    next_call: Duration,
    burst: u32,
    server: Server,
    lifetime: Duration,
    timeout: Duration,
    has_threads: bool,
    work: VecDeque<(u64, Work)>,
    flights: u64,
    /// The flights whose requests are under way, the innermost last.
    flying: Vec<u64>,
    waiting: Vec<Waiting>,
    figures: Figures,
    broken: Option<String>,
}

/// One world. It is the engine's clock and its transport.
pub struct World {
    state: Mutex<State>,
    reference: Mutex<Reference>,
    client: OnceLock<Client>,
}

impl World {
    /// Lives one life, the one of this seed.
    ///
    /// # Errors
    /// The first law that was broken.
    pub fn live(seed: u64) -> Result<Figures, String> {
        fastrand::seed(seed);
        let timeout = Duration::from_millis(log_uniform(200.0, 30_000.0).as_secs());
        let lifetime = if chance(0.3) { log_uniform(1.0, 300.0) } else { log_uniform(300.0, 90_000.0) };
        let has_threads = !chance(0.05);
        let world = Arc::new(World {
            state: Mutex::new(State {
                boot: Duration::from_secs(1),
                wall: Duration::from_secs(1 << 30),
                next_call: Duration::from_secs(1),
                burst: 0,
                server: Server::new(lifetime),
                lifetime,
                timeout,
                has_threads,
                work: VecDeque::new(),
                flights: 0,
                flying: Vec::new(),
                waiting: Vec::new(),
                figures: Figures::default(),
                broken: None,
            }),
            reference: Mutex::new(Reference::new(timeout, has_threads)),
            client: OnceLock::new(),
        });
        world.client.get_or_init(|| world.new_client(timeout));
        while let Some(next) = world.goes_on() {
            world.run_until(next);
        }
        // Time enough for everything under way.
        let end = world.now().boot + Duration::from_secs(600);
        world.run_until(end);
        let mut state = world.state.lock();
        state.figures.hours = state.boot.as_secs_f64() / 3600.0;
        state.figures.tokens = state.server.issued();
        match state.broken.take() {
            Some(told) => Err(told),
            None if !state.waiting.is_empty() => Err("a caller waits for ever".into()),
            None => Ok(state.figures),
        }
    }

    /// When the next call comes; `None` when there were enough or a law was broken.
    fn goes_on(&self) -> Option<Duration> {
        let state = self.state.lock();
        (state.figures.calls < CALLS && state.broken.is_none()).then_some(state.next_call)
    }

    fn new_client(self: &Arc<Self>, timeout: Duration) -> Client {
        let mut config = Config::new();
        for (name, text) in [
            ("client_id", "etl"),
            ("client_secret", "x"),
            ("timeout", &format!("{:.3}", timeout.as_secs_f64())),
        ] {
            config.set(name, text).expect("a valid option");
        }
        // The engine must not keep its world alive.
        let (clock, transport) =
            (Arc::new(Handle(Arc::downgrade(self))), Arc::new(Handle(Arc::downgrade(self))));
        Client::with_parts(config, transport, clock, None).expect("a valid configuration")
    }

    fn judge(&self, verdict: Result<(), String>) {
        if let Err(told) = verdict {
            let at = self.now().boot.as_secs_f64();
            self.state.lock().broken.get_or_insert(format!("at {at:.6} s: {told}"));
        }
    }

    /// Lets everything happen that happens until the boot clock reaches `end`.
    fn run_until(&self, end: Duration) {
        loop {
            self.fly();
            self.poll();
            if self.call_if_due() {
                continue;
            }
            let (now, next) = (self.now().boot, end.min(self.next_event()));
            if now >= end {
                return;
            }
            self.pass(next.saturating_sub(now));
        }
    }

    /// Runs the flights that were begun, each to its end.
    fn fly(&self) {
        while let Some((flight, work)) = { self.state.lock().work.pop_front() } {
            self.state.lock().flying.push(flight);
            work();
            self.state.lock().flying.pop();
            let now = self.now();
            self.reference.lock().landed(flight, &now);
            self.poll();
        }
    }

    /// Lets every caller look whether there is something for it.
    fn poll(&self) {
        let mut waiting = std::mem::take(&mut self.state.lock().waiting);
        waiting.retain_mut(|caller| {
            let outcome = caller.pending.wait_for(Duration::ZERO);
            let now = self.now();
            let is_waiting = outcome.is_none();
            let verdict = self.reference.lock().looked(&now, &caller.seen, outcome);
            self.judge(verdict);
            is_waiting
        });
        self.state.lock().waiting.append(&mut waiting);
    }

    /// Time passes; now and then the machine sleeps or somebody sets the clock.
    fn pass(&self, length: Duration) {
        let mut state = self.state.lock();
        state.boot += length;
        state.wall += length;
        if chance(0.005) {
            let slept = log_uniform(1.0, 2.0 * state.lifetime.as_secs_f64() + 10.0);
            state.wall += slept;
            // Not every system has a clock that counts it.
            state.boot += if chance(0.5) { slept } else { Duration::ZERO };
            state.figures.suspends += 1;
        }
        if chance(0.005) {
            let step = log_uniform(0.01, 7200.0);
            state.wall = if chance(0.5) { state.wall + step } else { state.wall.saturating_sub(step) };
            state.figures.clock_steps += 1;
        }
    }

    /// When the next call comes or a waiting caller has something to decide.
    fn next_event(&self) -> Duration {
        let waiting = std::mem::take(&mut self.state.lock().waiting);
        let turn = waiting.iter().map(|caller| caller.pending.left()).min();
        let mut state = self.state.lock();
        state.waiting = waiting;
        state.next_call.min(turn.map_or(Duration::MAX, |left| state.boot + left))
    }

    fn call_if_due(&self) -> bool {
        let (is_due, is_over, depth) = {
            let state = self.state.lock();
            (state.boot >= state.next_call, state.figures.calls >= CALLS, state.flying.len())
        };
        if !is_due {
            return false;
        }
        let next = if is_over { Duration::MAX } else { self.next_call() };
        self.state.lock().next_call = next;
        if !is_over && depth < DEEPEST {
            self.call();
        }
        true
    }

    /// One caller: asks for a token, or reports one as refused.
    fn call(&self) {
        let client = self.client.get().expect("made at the start");
        self.state.lock().figures.calls += 1;
        if chance(0.03) {
            let now = self.now();
            let token = self.reference.lock().at_hand();
            let was_dropped = token.as_ref().is_some_and(|token| client.invalidate(token));
            let verdict = self.reference.lock().invalidated(&now, was_dropped, token.is_some());
            return self.judge(verdict);
        }
        let (lifetime, timeout) = {
            let state = self.state.lock();
            (state.lifetime, state.timeout)
        };
        let min_ttl = if chance(0.1) { lifetime.mul_f64(fastrand::f64() * 1.2) } else { Duration::ZERO };
        let wait = if chance(0.3) { Some(log_uniform(0.01, 30.0)) } else { None };
        let (now, flights) = (self.now(), self.state.lock().flights);
        let mut seen = self.reference.lock().calls(&now, min_ttl, now.boot + wait.unwrap_or(timeout));
        let answer = client.request(&Call { min_ttl, timeout: wait });
        let has_begun = self.state.lock().flights > flights;
        let verdict = self.reference.lock().answered(&self.now(), &mut seen, &answer, has_begun);
        self.judge(verdict);
        if let Ok(xilnex_auth::Answer::Pending(pending)) = answer {
            self.state.lock().waiting.push(Waiting { pending, seen });
        }
    }

    /// When somebody calls next: soon, some time, or where it matters.
    fn next_call(&self) -> Duration {
        let mut state = self.state.lock();
        let now = state.boot;
        if state.burst > 0 {
            state.burst -= 1;
            return now + log_uniform(0.0001, 1.0);
        }
        if chance(0.02) {
            state.burst = fastrand::u32(1..60);
        }
        let edge = self.reference.lock().edge();
        match edge.filter(|edge| chance(0.4) && *edge + Duration::from_secs(1) > now) {
            Some(edge) if chance(0.5) => now.max(edge + log_uniform(1e-6, 1.0)),
            Some(edge) => now.max(edge.saturating_sub(log_uniform(1e-6, 1.0))),
            None => now + log_uniform(0.01, 0.2 * state.lifetime.as_secs_f64() + 1.0),
        }
    }

    fn now(&self) -> Reading {
        let state = self.state.lock();
        Reading { boot: state.boot, wall: SystemTime::UNIX_EPOCH + state.wall }
    }

    fn send(&self, budget: Duration) -> Result<HttpResponse, Error> {
        let now = self.now();
        let (flight, (mut answer, mut delay)) = {
            let mut state = self.state.lock();
            state.figures.requests += 1;
            let flight = state.flying.last().copied();
            (flight, state.server.answer(now.boot))
        };
        let verdict = self.reference.lock().sends(&now, flight);
        self.judge(verdict);
        if delay > budget {
            // Now and then a thread is stopped for longer than any timeout of a socket.
            delay = if chance(0.02) { budget + log_uniform(1.0, 30.0) } else { budget };
            answer = Answer::Silence;
        }
        self.run_until(now.boot + delay);
        self.reference.lock().received(&self.now(), flight, &now, answer.clone());
        answer.into_response()
    }

    fn spawn(&self, work: Work) -> std::io::Result<()> {
        let mut state = self.state.lock();
        if !state.has_threads {
            return Err(std::io::Error::other("simulated"));
        }
        state.flights += 1;
        let flight = state.flights;
        state.work.push_back((flight, work));
        drop(state);
        self.reference.lock().begins(flight);
        Ok(())
    }
}

/// The world as the engine sees it.
struct Handle(std::sync::Weak<World>);

impl Handle {
    fn world(&self) -> Arc<World> {
        self.0.upgrade().expect("a world that is alive")
    }
}

impl Clock for Handle {
    fn now(&self) -> Reading {
        self.world().now()
    }

    fn glance(&self) -> Option<Glance> {
        let now = self.world().now();
        let wall = now.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Some(Glance { awake: nanos(now.boot), wall: nanos(wall) })
    }

    /// Callers only look; nobody is ever kept waiting here.
    fn wait(&self, flag: &Flag, _: Duration) -> bool {
        flag.is_set()
    }

    fn sleep(&self, until: Duration) {
        self.world().run_until(until);
    }

    fn spawn(&self, work: Work) -> std::io::Result<()> {
        self.world().spawn(work)
    }
}

impl Transport for Handle {
    fn send(&self, _: &HttpRequest, budget: Duration) -> Result<HttpResponse, Error> {
        self.world().send(budget)
    }
}
