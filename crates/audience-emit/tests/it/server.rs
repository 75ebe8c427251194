//! A collector that answers as it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audience_core::Envelope;

/// What to do with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// This status.
    Status(u16),
    /// This status, with a header and a body.
    With(u16, (&'static str, String), &'static str),
    /// None, and the connection stays.
    Hang,
    /// None: the connection is closed in the middle of the request's body.
    Break,
    /// None: the connection is closed after all of the request.
    Close,
}

/// A request, all of it read.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The first line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
    /// Whether it was answered with success.
    pub(crate) taken: bool,
}

impl Received {
    /// The numbers of its events.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let events = self.body.lines().map(|line| serde_json::from_str::<Envelope>(line).unwrap());
        events.map(|envelope| envelope.event.seq.unwrap().get()).collect()
    }
}

/// Decides what to do with a request from how many there were before and how long its body is.
type Script = dyn FnMut(usize, usize) -> Answer + Send;

pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    script: Mutex<Box<Script>>,
    count: Mutex<usize>,
    received: Mutex<Vec<Received>>,
    stopped: AtomicBool,
}

impl Server {
    pub(crate) fn new(script: impl FnMut(usize, usize) -> Answer + Send + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    /// One that takes everything.
    pub(crate) fn willing() -> Self {
        Self::new(|_, _| Answer::Status(204))
    }

    /// One that answers the first requests with these, and takes all others.
    pub(crate) fn first(answers: Vec<Answer>) -> Self {
        Self::new(move |count, _| answers.get(count).cloned().unwrap_or(Answer::Status(204)))
    }

    pub(crate) fn on(listener: TcpListener, script: impl FnMut(usize, usize) -> Answer + Send + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            script: Mutex::new(Box::new(script)),
            count: Mutex::new(0),
            received: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let served = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let served = Arc::clone(&served);
                std::thread::spawn(move || drop(served.serve(&stream.unwrap())));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/events", self.address)
    }

    /// All requests that came as a whole.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// How many requests there were, with those that did not come as a whole.
    pub(crate) fn requests(&self) -> usize {
        *self.state.count.lock().unwrap()
    }

    /// The numbers of the events of all requests that were taken, in order.
    pub(crate) fn taken(&self) -> Vec<u64> {
        self.received().iter().filter(|received| received.taken).flat_map(Received::numbers).collect()
    }

    /// Those, without the ones that came before.
    pub(crate) fn distinct(&self) -> Vec<u64> {
        let mut seen = std::collections::HashSet::new();
        self.taken().into_iter().filter(|number| seen.insert(*number)).collect()
    }

    /// The text of all bodies that were taken.
    pub(crate) fn text(&self) -> String {
        self.received().into_iter().filter(|received| received.taken).map(|received| received.body).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head)? == 0 {
                    return Ok(());
                }
            }
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let length: usize = length.parse().unwrap();
            let answer = {
                let mut count = self.count.lock().unwrap();
                *count += 1;
                (self.script.lock().unwrap())(*count - 1, length)
            };
            if matches!(answer, Answer::Break) {
                reader.read_exact(&mut vec![0; length / 2])?;
                return Ok(());
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let status = match &answer {
                Answer::Status(status) | Answer::With(status, ..) => *status,
                _ => 0,
            };
            let received =
                Received { head, body: String::from_utf8(body).unwrap(), taken: (200..300).contains(&status) };
            self.received.lock().unwrap().push(received);
            match answer {
                Answer::Status(status) => write_answer(stream, status, "x-nothing: 1", "")?,
                Answer::With(status, (name, value), body) => {
                    write_answer(stream, status, &format!("{name}: {value}"), body)?;
                }
                Answer::Hang => {
                    while !self.stopped.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    return Ok(());
                }
                Answer::Break | Answer::Close => return Ok(()),
            }
        }
    }
}

fn write_answer(mut stream: &TcpStream, status: u16, header: &str, body: &str) -> std::io::Result<()> {
    let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    stream.write_all(format!("HTTP/1.1 {status} Said\r\n{header}\r\n{length}\r\n{body}").as_bytes())
}
