-- People: profiles, follows, schedules, likes, comments, views, watch history.

-- `skeleton` is what the handle looks like: two handles that look alike have the same. `links` has one address a line. `signature`
-- is empty if the profile is not signed as it is now.
CREATE TABLE profiles (
    account TEXT PRIMARY KEY,
    handle TEXT,
    skeleton TEXT,
    name TEXT NOT NULL,
    bio TEXT NOT NULL,
    picture TEXT NOT NULL,
    banner TEXT NOT NULL,
    links TEXT NOT NULL,
    signature TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    hides_from_leaderboards BIGINT NOT NULL,
    keeps_history BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX profiles_by_handle ON profiles (handle);
CREATE UNIQUE INDEX profiles_by_skeleton ON profiles (skeleton);

CREATE TABLE follows (
    creator TEXT NOT NULL,
    follower TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (creator, follower)
);
CREATE INDEX follows_by_creator ON follows (creator, since, follower);
CREATE INDEX follows_by_follower ON follows (follower, since, creator);

-- Number of rows in `follows` by creator, so that nothing counts them.
CREATE TABLE follower_counts (
    account TEXT PRIMARY KEY,
    followers BIGINT NOT NULL
);

-- What creators announce. `is_announced` is 1 once people were reminded.
CREATE TABLE schedule (
    id BIGINT PRIMARY KEY,
    creator TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    title TEXT NOT NULL,
    stream BIGINT,
    is_announced BIGINT NOT NULL
);
CREATE INDEX schedule_by_creator ON schedule (creator, starts_at, id);
CREATE INDEX schedule_by_time ON schedule (is_announced, starts_at, id);

CREATE TABLE reminders (
    entry BIGINT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (entry, person)
);
CREATE INDEX reminders_by_person ON reminders (person, entry);

-- Subjects are `stream:7` or `recording:7:3`. Counts of what is in `likes`, `views` and `comments`.
CREATE TABLE reactions (
    subject TEXT PRIMARY KEY,
    likes BIGINT NOT NULL,
    views BIGINT NOT NULL,
    comments BIGINT NOT NULL
);

CREATE TABLE likes (
    subject TEXT NOT NULL,
    person TEXT NOT NULL,
    liked_at BIGINT NOT NULL,
    PRIMARY KEY (subject, person)
);
CREATE INDEX likes_by_person ON likes (person, liked_at);
CREATE INDEX likes_by_time ON likes (liked_at, subject);

-- `thread` is the comment that a thread of replies begins with, and 0 for that comment itself. A deleted comment with replies stays,
-- without its text and its author.
CREATE TABLE comments (
    id BIGINT PRIMARY KEY,
    subject TEXT NOT NULL,
    thread BIGINT NOT NULL,
    reply_to BIGINT,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    at_s BIGINT,
    likes BIGINT NOT NULL,
    replies BIGINT NOT NULL,
    is_deleted BIGINT NOT NULL
);
CREATE INDEX comments_by_subject ON comments (subject, thread, id);
CREATE INDEX comments_by_likes ON comments (subject, thread, likes, id);
CREATE INDEX comments_by_thread ON comments (thread, id);
CREATE INDEX comments_by_author ON comments (author, id);

CREATE TABLE comment_likes (
    comment BIGINT NOT NULL,
    person TEXT NOT NULL,
    liked_at BIGINT NOT NULL,
    PRIMARY KEY (comment, person)
);
CREATE INDEX comment_likes_by_person ON comment_likes (person, comment);

-- Who has viewed what on which day since 1970, so that nobody is counted twice a day. `viewer` is a hash that differs from day to
-- day. Rows of past days are deleted.
CREATE TABLE views (
    day BIGINT NOT NULL,
    subject TEXT NOT NULL,
    viewer TEXT NOT NULL,
    PRIMARY KEY (day, subject, viewer)
);

CREATE TABLE progress (
    person TEXT NOT NULL,
    subject TEXT NOT NULL,
    position_ms BIGINT NOT NULL,
    duration_ms BIGINT,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (person, subject)
);
CREATE INDEX progress_by_person ON progress (person, noted_at, subject);

-- What is on the rise is found by time.
CREATE INDEX audience_by_time ON audience (starts_at);
