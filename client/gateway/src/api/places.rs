//! Places for requests that last, or that hold much memory. Their number is limited, and that of one network, so that none
//! keeps the others out.

use super::{client_ip::ClientIp, error::ApiError};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use vilokanam_paywall::IpPrefix;

/// Places, and the networks that have taken some.
#[derive(Debug)]
pub struct Places {
    max: usize,
    max_of_prefix: usize,
    taken: Mutex<HashMap<IpPrefix, usize>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    prefix: IpPrefix,
}

impl Places {
    pub fn new(max: usize, max_of_prefix: usize) -> Self {
        Self { max, max_of_prefix, taken: Mutex::default() }
    }

    /// Takes a place, unless all are taken, or as many by the network as one may have.
    pub fn take(self: &Arc<Self>, prefix: IpPrefix) -> Option<Place> {
        let mut taken = self.taken.lock();
        let of_prefix = taken.get(&prefix).copied().unwrap_or(0);
        if taken.values().sum::<usize>() >= self.max || of_prefix >= self.max_of_prefix {
            return None;
        }
        taken.insert(prefix, of_prefix + 1);
        Some(Place { places: self.clone(), prefix })
    }
}

/// Answers requests within the places: those above them are refused before their bodies are read.
pub async fn within(State(places): State<Arc<Places>>, client: ClientIp, request: Request, next: Next) -> Response {
    match places.take(client.prefix()) {
        Some(_place) => next.run(request).await,
        None => ApiError::unavailable("The gateway is busy with other requests of this kind.").into_response(),
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        match taken.get(&self.prefix).copied() {
            Some(count @ 2..) => drop(taken.insert(self.prefix, count - 1)),
            _ => drop(taken.remove(&self.prefix)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::StatusCode, middleware, routing::put, Router};
    use tower::ServiceExt;

    #[tokio::test]
    async fn requests_above_the_places_are_refused_before_their_body_is_read() {
        let places = Arc::new(Places::new(1, 1));
        let layer = middleware::from_fn_with_state(places.clone(), within);
        let router = Router::new().route("/", put(|body: String| async move { body })).route_layer(layer);
        let status = |body: Body| {
            let request = axum::http::Request::put("/").body(body).unwrap();
            let router = router.clone();
            async move { router.oneshot(request).await.unwrap().status() }
        };
        assert_eq!(status(Body::from("a")).await, StatusCode::OK);
        let _taken = places.take(IpPrefix::of(std::net::Ipv4Addr::LOCALHOST.into())).unwrap();
        let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        assert_eq!(status(endless).await, StatusCode::SERVICE_UNAVAILABLE);
    }

    fn prefix(network: u8) -> IpPrefix {
        IpPrefix::of([10, 0, network, 1].into())
    }

    #[test]
    fn places_are_bounded_in_all_and_by_network() {
        let places = Arc::new(Places::new(5, 2));
        let own: Vec<_> = (0..2).map(|_| places.take(prefix(1)).unwrap()).collect();
        assert!(places.take(prefix(1)).is_none(), "one network keeps no other out");
        let others: Vec<_> = (2..9u8).filter_map(|network| places.take(prefix(network))).collect();
        assert_eq!(others.len(), 3);
        drop(own);
        let again = places.take(prefix(1)).unwrap();
        drop((again, others));
        assert!(places.taken.lock().is_empty(), "networks without places are forgotten");
    }
}
