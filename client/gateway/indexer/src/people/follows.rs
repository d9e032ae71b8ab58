//! Who follows whom.

use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, text, Fields, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use tick_stream_primitives::{AccountId, Moment};

/// The other person of a follow, and since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FollowRow {
    /// Who is followed, or who follows.
    pub account: AccountId,
    /// Since when.
    pub since: Moment,
}

/// What became of a follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Followed {
    /// It was added.
    Added,
    /// There was one already.
    Known,
    /// The person follows as many as allowed.
    TooMany,
}

impl Store {
    /// Makes a person follow a creator, within a limit.
    pub async fn follow(
        &self,
        who: &AccountId,
        creator: &AccountId,
        since: Moment,
        max: u32,
    ) -> Result<Followed, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = format!("SELECT since FROM follows WHERE follower = $1 LIMIT {max}");
        let count = sql::fetch_all(&mut tx, "count follows", sql, vec![account(who)]).await?.len();
        if count >= max as usize {
            let known = is_following(&mut tx, who, creator).await?;
            return Ok(if known { Followed::Known } else { Followed::TooMany });
        }
        let sql = "INSERT INTO follows (creator, follower, since) VALUES ($1, $2, $3) \
                   ON CONFLICT (creator, follower) DO NOTHING RETURNING creator";
        let values = vec![account(creator), account(who), big("the time", since)?];
        if sql::fetch_all(&mut tx, "follow", sql.to_owned(), values).await?.is_empty() {
            return Ok(Followed::Known);
        }
        let sql = "INSERT INTO follower_counts (account, followers) VALUES ($1, 1) \
                   ON CONFLICT (account) DO UPDATE SET followers = follower_counts.followers + 1";
        sql::execute(&mut tx, "count a follower", sql.to_owned(), vec![account(creator)]).await?;
        commit(tx).await?;
        Ok(Followed::Added)
    }

    /// Ends a follow. Returns whether there was one.
    pub async fn unfollow(&self, who: &AccountId, creator: &AccountId) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM follows WHERE creator = $1 AND follower = $2 RETURNING creator".to_owned();
        let values = vec![account(creator), account(who)];
        if sql::fetch_all(&mut tx, "end a follow", sql, values).await?.is_empty() {
            return Ok(false);
        }
        let sql = "UPDATE follower_counts SET followers = followers - 1 WHERE account = $1".to_owned();
        sql::execute(&mut tx, "count a follower", sql, vec![account(creator)]).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns whether a person follows a creator.
    pub async fn is_following(&self, who: &AccountId, creator: &AccountId) -> Result<bool, GatewayStateError> {
        Ok(is_following(&mut *self.read().await?, who, creator).await?)
    }

    /// Returns the number of a creator's followers.
    pub async fn follower_count(&self, creator: &AccountId) -> Result<u64, GatewayStateError> {
        let sql = "SELECT followers FROM follower_counts WHERE account = $1".to_owned();
        let rows = sql::fetch_all(&mut *self.read().await?, "count followers", sql, vec![account(creator)]).await?;
        Ok(rows.first().map_or(Ok(0), |row| Fields(row).u64("followers"))?)
    }

    /// Returns up to `limit` followers of a creator in the order of their accounts, those behind `after`.
    pub async fn followers_of(
        &self,
        creator: &AccountId,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<AccountId>, GatewayStateError> {
        let sql = format!(
            "SELECT follower FROM follows WHERE creator = $1 AND follower > $2 ORDER BY follower LIMIT {limit}"
        );
        let values = vec![account(creator), after.map_or_else(|| text(""), account)];
        let rows = sql::fetch_all(&mut *self.read().await?, "list followers", sql, values).await?;
        Ok(rows.iter().map(|row| Fields(row).account("follower")).collect::<Result<_, _>>()?)
    }

    /// Returns a page of those whom a person follows, the last first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn following(&self, who: &AccountId, page: &PageRequest) -> Result<Page<FollowRow>, QueryError> {
        self.follow_page(who, List::Following, ("follower", "creator"), page).await
    }

    /// Returns a page of a creator's followers, the last first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn followers(&self, creator: &AccountId, page: &PageRequest) -> Result<Page<FollowRow>, QueryError> {
        self.follow_page(creator, List::Followers, ("creator", "follower"), page).await
    }

    async fn follow_page(
        &self,
        who: &AccountId,
        list: List,
        (own, other): (&'static str, &'static str),
        page: &PageRequest,
    ) -> Result<Page<FollowRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut values = vec![account(who)];
        let behind = match page.mark::<(u64, [u8; 32])>(list)? {
            Some((since, last)) => {
                let since = big("the time", since).map_err(|_| QueryError::BadCursor)?;
                values.extend([since, account(&AccountId::new(last))]);
                format!(" AND (since, {other}) < ($2, $3)")
            }
            None => String::new(),
        };
        let sql = format!(
            "SELECT {other}, since FROM follows WHERE {own} = $1{behind} ORDER BY since DESC, {other} DESC LIMIT {}",
            limit + 1
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list follows", sql, values).await?;
        let read = |row: &sqlx::any::AnyRow| -> Result<FollowRow, StoreError> {
            Ok(FollowRow { account: Fields(row).account(other)?, since: Fields(row).u64("since")? })
        };
        let rows = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(list, limit, rows, |row| {
            let bytes: [u8; 32] = row.account.clone().into();
            (row.since, bytes)
        }))
    }
}

async fn is_following(
    connection: &mut AnyConnection,
    who: &AccountId,
    creator: &AccountId,
) -> Result<bool, StoreError> {
    let sql = "SELECT since FROM follows WHERE creator = $1 AND follower = $2".to_owned();
    let values: Vec<Value> = vec![account(creator), account(who)];
    Ok(!sql::fetch_all(connection, "find a follow", sql, values).await?.is_empty())
}
