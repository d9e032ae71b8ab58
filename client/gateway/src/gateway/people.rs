//! Opening what knows people: sign-ins, chat, search, notices.

use super::error::BuildError;
use crate::{
    chat::{ChatParts, ChatRooms, TipChange},
    config::Config,
    identity::Identity,
    lifetime::Lifetime,
    notices::{Happening, NoticeParts, NoticeService},
    people::{
        discover::Trending, leaderboards::Leaderboards, progress::Progress, views::ViewCounter, People, Watching,
    },
    search::Search,
    sign_in::SignIns,
};
use std::sync::Arc;
use tick_stream_primitives::{AccountId, BlockNumber};
use tokio::sync::{mpsc, watch};
use url::Url;
use vilokanam_chain::Nodes;
use vilokanam_indexer::Store;

/// What knows people.
pub struct OpenedPeople {
    pub sign_ins: Arc<SignIns>,
    pub profiles: Arc<People>,
    pub chat: Arc<ChatRooms>,
    pub notices: Arc<NoticeService>,
}

/// Opens sign-ins, and starts chat and notices.
pub fn open(
    config: &Config,
    (identity, nodes): (&Identity, &Arc<Nodes>),
    block: &watch::Receiver<BlockNumber>,
    parts: ChatParts,
    (tips, happenings): (mpsc::Receiver<TipChange>, mpsc::Receiver<Happening>),
    lifetime: &Lifetime,
) -> Result<OpenedPeople, BuildError> {
    let (index, profiles) = (parts.index.clone(), parts.people.clone());
    let told = NoticeParts { index: index.clone(), people: profiles.clone(), moderation: parts.moderation.clone() };
    let sign_ins = open_sign_ins(config, identity, (nodes.clone(), index), block.clone(), lifetime)?;
    let chat = start_chat(parts, tips, lifetime);
    let notices = start_notices(config, told, happenings, lifetime)?;
    Ok(OpenedPeople { sign_ins, profiles, chat, notices })
}

/// Opens sign-ins, and begins to forget those that expire.
fn open_sign_ins(
    config: &Config,
    identity: &Identity,
    (nodes, index): (Arc<Nodes>, Store),
    block: watch::Receiver<BlockNumber>,
    lifetime: &Lifetime,
) -> Result<Arc<SignIns>, BuildError> {
    let own = [identity.account(), identity.signer().account()];
    let admins = config.people.admins.iter().map(|account| account.0.clone()).chain(own).collect();
    let names = (identity.account(), origin_of(&config.http.public_url));
    let opened = SignIns::open(&config.data_dir, names, admins, (nodes, index), block);
    let sign_ins = Arc::new(opened.map_err(|error| BuildError::Setting(error.to_string()))?);
    lifetime.tasks.spawn(sign_ins.clone().forget_expired(lifetime.stop.clone()));
    Ok(sign_ins)
}

/// Starts chat: the rooms, and the task that stores their messages.
fn start_chat(parts: ChatParts, tips: mpsc::Receiver<TipChange>, lifetime: &Lifetime) -> Arc<ChatRooms> {
    let (rooms, writer) = ChatRooms::new(parts);
    lifetime.tasks.spawn(writer.run(lifetime.stop.clone()));
    lifetime.tasks.spawn(rooms.clone().keep(tips, lifetime.clone()));
    rooms
}

/// Begins to keep what people watch, and to count views.
pub fn keep_watching(index: &Store, gateway: AccountId, lifetime: &Lifetime) -> (Arc<Watching>, Arc<ViewCounter>) {
    let progress = Arc::new(Progress::new(index.clone()));
    lifetime.tasks.spawn(progress.clone().keep(lifetime.stop.clone()));
    let views = Arc::new(ViewCounter::new(index.clone(), gateway));
    lifetime.tasks.spawn(views.clone().keep(lifetime.stop.clone()));
    let leaderboards = Leaderboards::new(index.clone());
    let watching = Watching { progress, leaderboards, trending: Trending::new(index.clone()) };
    (Arc::new(watching), views)
}

/// Opens search, and begins to fill its index.
pub fn open_search(config: &Config, index: &Store, lifetime: &Lifetime) -> Arc<Search> {
    let folder = config.data_dir.join("search");
    let search = Arc::new(Search::new(index.clone(), folder, config.people.max_searches));
    lifetime.tasks.spawn(search.clone().keep(lifetime.stop.clone()));
    search
}

/// Starts notices: the tasks that make and deliver them.
fn start_notices(
    config: &Config,
    parts: NoticeParts,
    happenings: mpsc::Receiver<Happening>,
    lifetime: &Lifetime,
) -> Result<Arc<NoticeService>, BuildError> {
    let started = NoticeService::start(config, parts, happenings, lifetime);
    started.map_err(|error| BuildError::Setting(error.to_string()))
}

/// Returns the origin of the pages, as browsers write it.
fn origin_of(public_url: &str) -> String {
    Url::parse(public_url).map_or_else(|_| public_url.to_owned(), |url| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_scheme_host_and_port() {
        assert_eq!(origin_of("https://video.example/path/"), "https://video.example");
        assert_eq!(origin_of("http://localhost:8080"), "http://localhost:8080");
    }
}
