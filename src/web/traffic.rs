//! How much is asked of this node: counted by class, and bounded, so that it answers few soon and not all late.
//!
//! A thread that answers works on one request at a time, and what waits for it is seen by nobody. So each
//! request is counted first and waits its turn then: whoever finds as many under way as are answered soon is
//! told at once to come again. Nothing here is about who asks.

mod class;
mod spread;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::web::Data;

use super::busy;
pub use class::Class;
pub use spread::{BOUNDS, Spread};

/// Statuses by their first digit, from 1xx to 5xx.
pub const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What is asked and answered.
pub struct Traffic {
    most: u64,
    classes: [Counts; Class::ALL.len()],
    leaves: AtomicBool,
}

/// The counts of one class.
#[derive(Default)]
pub struct Counts {
    under_way: AtomicU64,
    shed: AtomicU64,
    by_status: [AtomicU64; STATUSES.len()],
    /// How long answers took to begin.
    pub took: Spread,
}

impl Counts {
    /// Requests that are being answered.
    pub fn under_way(&self) -> u64 {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Requests that were told to come again.
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// Answers, by the first digit of their status.
    pub fn by_status(&self) -> [u64; STATUSES.len()] {
        self.by_status.each_ref().map(|n| n.load(Ordering::Relaxed))
    }

    fn answered(&self, status: StatusCode, took: Duration) {
        let place = usize::from(status.as_u16() / 100).clamp(1, STATUSES.len()) - 1;
        self.by_status[place].fetch_add(1, Ordering::Relaxed);
        self.took.add(took);
    }
}

impl Traffic {
    /// With so many requests of each class under way at most.
    pub fn new(most: NonZeroU32) -> Self {
        Self {
            most: most.get().into(),
            classes: Default::default(),
            leaves: AtomicBool::new(false),
        }
    }

    /// The counts of a class.
    pub fn of(&self, class: Class) -> &Counts {
        &self.classes[class as usize]
    }

    /// From now on each answer is the last on its connection.
    pub fn leave(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }

    /// Whether the node is about to stop.
    pub fn leaves(&self) -> bool {
        self.leaves.load(Ordering::Relaxed)
    }

    /// Counts a request in; `None` if as many of its class are under way as may be.
    fn admit(this: &Data<Self>, class: Class) -> Option<Admitted> {
        let counts = this.of(class);
        let before = counts.under_way.fetch_add(1, Ordering::Relaxed);
        // Made first, so that it counts out whatever comes.
        let admitted = Admitted {
            traffic: this.clone(),
            class,
        };
        let most = class.share().map(|share| share * this.most);
        most.is_none_or(|most| before < most).then_some(admitted)
    }
}

/// A request under way, until this is dropped.
struct Admitted {
    traffic: Data<Traffic>,
    class: Class,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let counts = self.traffic.of(self.class);
        counts.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts each request and its answer; what is too much is told to come again. `Data<Traffic>` must be among
/// the application's data.
pub fn admit<S, B>(
    request: ServiceRequest,
    next: &S,
) -> impl Future<Output = Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>> + use<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let begun = Instant::now();
    let traffic = request.app_data::<Data<Traffic>>();
    let traffic = traffic.expect("the node gives it to the application");
    let traffic = traffic.clone();
    let class = Class::of(request.method(), request.match_info().as_str());
    let admitted = Traffic::admit(&traffic, class);
    // Nothing is answered yet: that begins when the future is asked for the first time.
    let answer = match admitted {
        Some(admitted) => Ok((next.call(request), admitted)),
        None => Err(request),
    };
    async move {
        let answered = match answer {
            Ok((answer, _admitted)) => {
                if !class.goes_first() {
                    all_that_came().await;
                }
                answer.await.map(ServiceResponse::map_into_left_body)
            }
            Err(request) => {
                traffic.of(class).shed.fetch_add(1, Ordering::Relaxed);
                let sorry = busy::answer(class, request.request());
                Ok(request.into_response(sorry).map_into_right_body())
            }
        };
        let status = match &answered {
            Ok(answer) => answer.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        traffic.of(class).answered(status, begun.elapsed());
        answered.map(|mut answer| {
            if traffic.leaves() {
                let head = answer.response_mut().head_mut();
                head.set_connection_type(ConnectionType::Close);
            }
            answer
        })
    }
}

/// Ends once whatever else has come to this thread is counted. It is a task of its own that waits: the server
/// asks a request's future twice at once, for which one that yields is ready.
async fn all_that_came() {
    let waited = actix_web::rt::spawn(tokio::task::yield_now());
    // A runtime that ends cancels it, and this future with it.
    drop(waited.await);
}
