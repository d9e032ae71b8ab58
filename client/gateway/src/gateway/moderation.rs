//! Opening moderation.

use crate::{
    config::{people::CreatorPolicy, Config},
    lifetime::Lifetime,
    moderation::{Moderation, ModerationParts, Policy},
};
use std::sync::Arc;
use vilokanam_wire::{admin::PublishingTerms, Planck};

/// Starts moderation, with lists that have been loaded.
pub fn start_moderation(parts: ModerationParts, lifetime: &Lifetime) -> Arc<Moderation> {
    let moderation = Arc::new(Moderation::new(parts));
    lifetime.tasks.spawn(moderation.clone().keep(lifetime.stop.clone()));
    moderation
}

/// Who may publish, as the settings have it.
pub fn policy_of(config: &Config) -> Policy {
    let listed = config.people.listed.iter().map(|account| account.0.clone()).collect();
    match config.people.creators {
        CreatorPolicy::Open => Policy::Open,
        CreatorPolicy::Invited => Policy::Invited(listed),
        CreatorPolicy::Listed => Policy::Listed(listed),
    }
}

/// Terms of the settings file.
pub fn terms_of(config: &Config) -> PublishingTerms {
    PublishingTerms { min_price: Planck(config.paywall.min_price.into()), min_share_ppm: config.paywall.min_share_ppm }
}
