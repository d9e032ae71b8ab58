//! Work that goes on after the request that asked for it, and after a restart.

use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    sql::{self, account, big, int, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Moment, StreamId};

/// Maximum number of clips that are looked at at a time.
const MAX_CLIPS: u32 = 1_000;

/// How far a job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum JobState {
    /// It waits for its turn.
    #[default]
    Waiting,
    /// It is being done.
    Running,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
    /// Its owner has cancelled it.
    Cancelled,
}

impl JobState {
    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A piece of work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobRow {
    /// Identifier: random, so that it cannot be guessed.
    pub id: String,
    /// What is to be done: `upload` or `clip`.
    pub kind: String,
    /// Stream that it is for.
    pub stream: StreamId,
    /// Account that asked for it.
    pub owner: AccountId,
    /// How far it is.
    pub state: JobState,
    /// How much of it is done, in parts per million.
    pub progress_ppm: u32,
    /// Sentence that says why it failed; empty if it has not.
    pub error: String,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it changed last.
    pub updated_at: Moment,
    /// What it needs, as JSON that only the gateway reads.
    pub input: String,
    /// What it has made so far, as JSON that only the gateway reads.
    pub output: String,
}

impl Store {
    /// Adds a job, unless there is one with its id. Returns whether it was added.
    pub async fn add_job(&self, job: &JobRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        if !sql::load::<JobRow>(&mut tx, &[vec![text(job.id.clone())]]).await?.is_empty() {
            return Ok(false);
        }
        sql::insert(&mut tx, std::slice::from_ref(job)).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns a job, or `None` if there is none with this id.
    pub async fn job(&self, id: &str) -> Result<Option<JobRow>, GatewayStateError> {
        let key = vec![text(id)];
        Ok(sql::load::<JobRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Changes a job that is not over, and its time of change. Returns it as changed; `None` if there is none, or it is over.
    pub async fn change_job(
        &self,
        id: &str,
        at: Moment,
        change: impl FnOnce(&mut JobRow),
    ) -> Result<Option<JobRow>, GatewayStateError> {
        let mut tx = self.begin().await?;
        let found = sql::load::<JobRow>(&mut tx, &[vec![text(id)]]).await?.into_iter().next();
        let Some(mut job) = found.filter(|job| !job.state.is_over()) else { return Ok(None) };
        change(&mut job);
        job.updated_at = at;
        sql::upsert(&mut tx, std::slice::from_ref(&job)).await?;
        commit(tx).await?;
        Ok(Some(job))
    }

    /// Returns the jobs of a stream, the newest first; at most [`MAX_PAGE`].
    pub async fn jobs_of(&self, stream: StreamId) -> Result<Vec<JobRow>, GatewayStateError> {
        let Ok(stream) = big("the stream", stream) else { return Ok(Vec::new()) };
        self.select_jobs("stream = $1 ORDER BY created_at DESC, id", vec![stream], MAX_PAGE).await
    }

    /// Returns the clips of a stream that were asked for since a time, the newest first; at most a thousand.
    pub async fn clips_since(&self, stream: StreamId, since: Moment) -> Result<Vec<JobRow>, GatewayStateError> {
        let Ok(stream) = big("the stream", stream) else { return Ok(Vec::new()) };
        let condition = "stream = $1 AND kind = 'clip' AND created_at >= $2 ORDER BY created_at DESC, id";
        self.select_jobs(condition, vec![stream, big("the time", since)?], MAX_CLIPS).await
    }

    /// Returns jobs that wait or run, the oldest first; at most [`MAX_PAGE`].
    pub async fn open_jobs(&self) -> Result<Vec<JobRow>, GatewayStateError> {
        self.select_jobs("state < 2 ORDER BY created_at, id", Vec::new(), MAX_PAGE).await
    }

    /// Returns the number of a stream's jobs that wait or run.
    pub async fn open_jobs_of(&self, stream: StreamId) -> Result<u64, GatewayStateError> {
        let Ok(stream) = big("the stream", stream) else { return Ok(0) };
        let sql = "SELECT COUNT(*) AS count FROM jobs WHERE stream = $1 AND state < 2".to_owned();
        let rows = sql::fetch_all(&mut *self.read().await?, "count jobs", sql, vec![stream]).await?;
        Ok(rows.first().map_or(Ok(0), |row| Fields(row).u64("count"))?)
    }

    /// Forgets jobs that have been over since before a time.
    pub async fn forget_jobs(&self, before: Moment) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM jobs WHERE state >= 2 AND updated_at < $1".to_owned();
        sql::execute(&mut tx, "forget jobs", sql, vec![big("the time", before)?]).await?;
        Ok(commit(tx).await?)
    }

    async fn select_jobs(
        &self,
        condition: &str,
        values: Vec<Value>,
        limit: u32,
    ) -> Result<Vec<JobRow>, GatewayStateError> {
        let columns = JobRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM jobs WHERE {condition} LIMIT {limit}");
        let rows = sql::fetch_all(&mut *self.read().await?, "list jobs", sql, values).await?;
        Ok(rows.iter().map(|row| JobRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }
}

impl Table for JobRow {
    const NAME: &'static str = "jobs";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "stream",
        "owner",
        "state",
        "progress_ppm",
        "error",
        "created_at",
        "updated_at",
        "input",
        "output",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(self.id.clone()),
            text(self.kind.clone()),
            big("the stream", self.stream)?,
            account(&self.owner),
            int(state_number(self.state)),
            int(self.progress_ppm),
            text(self.error.clone()),
            big("the beginning", self.created_at)?,
            big("the change", self.updated_at)?,
            text(self.input.clone()),
            text(self.output.clone()),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            kind: row.text("kind")?,
            stream: row.u64("stream")?,
            owner: row.account("owner")?,
            state: state_of(row.u32("state")?).ok_or(StoreError::Corrupt { column: "state" })?,
            progress_ppm: row.u32("progress_ppm")?,
            error: row.text("error")?,
            created_at: row.u64("created_at")?,
            updated_at: row.u64("updated_at")?,
            input: row.text("input")?,
            output: row.text("output")?,
        })
    }
}

/// Returns a state as stored. States below 2 are open.
fn state_number(state: JobState) -> u32 {
    match state {
        JobState::Waiting => 0,
        JobState::Running => 1,
        JobState::Done => 2,
        JobState::Failed => 3,
        JobState::Cancelled => 4,
    }
}

fn state_of(number: u32) -> Option<JobState> {
    [JobState::Waiting, JobState::Running, JobState::Done, JobState::Failed, JobState::Cancelled]
        .into_iter()
        .find(|state| state_number(*state) == number)
}
