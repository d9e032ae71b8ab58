//! Who may publish at this gateway, and at which terms streams are served.

use super::{invite, Moderation, ModerationError, Policy, PublishError};
use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Moment};
use vilokanam_indexer::{
    people::{AuditRow, InvitationRow, PublishingTermsRow},
    GatewayStateError,
};
use vilokanam_wire::{
    admin::{GrantedRole, Invitation, PublishingTerms},
    scalars::rfc3339,
    Planck,
};

/// Time for which an invitation can be used.
const INVITATION_MS: u64 = 14 * 24 * 3_600_000;

impl Moderation {
    /// Checks that an account may publish at this gateway. Asked when it makes a publish key, sets a source, uploads or makes a
    /// clip; what it has published before stays.
    ///
    /// # Errors
    ///
    /// [`PublishError`].
    pub async fn check_may_publish(&self, account: &AccountId) -> Result<(), PublishError> {
        self.lists.check_account(account)?;
        let (listed, refusal) = match &self.policy {
            Policy::Open => return Ok(()),
            Policy::Invited(listed) => (listed, ModerationError::NotInvited),
            Policy::Listed(listed) => (listed, ModerationError::NotListed),
        };
        let is_creator = |role: &String| role == GrantedRole::Creator.as_str();
        if listed.contains(account) || self.index.roles_of(account).await?.iter().any(is_creator) {
            return Ok(());
        }
        Err(refusal.into())
    }

    /// Makes an invitation. Returns `None` if there are too many that can be used.
    ///
    /// # Errors
    ///
    /// The records cannot be changed.
    pub async fn invite(&self, by: &AccountId, now: Moment) -> Result<Option<Invitation>, GatewayStateError> {
        let code = invite::new_code();
        let expires_at = now.saturating_add(INVITATION_MS);
        let row = InvitationRow {
            code_hash: invite::hash_of(&code),
            author: by.clone(),
            made_at: now,
            expires_at,
            used_by: None,
            used_at: None,
        };
        let is_made = self.index.invite(&row, &AuditRow::new(by, "invitation.make", "", now)).await?;
        Ok(is_made.then(|| Invitation { code, expires_at: rfc3339(expires_at) }))
    }

    /// Makes an account a creator by the code of an invitation. Returns false if the code is not valid.
    ///
    /// # Errors
    ///
    /// The records cannot be changed.
    pub async fn redeem(&self, account: &AccountId, code: &str, now: Moment) -> Result<bool, GatewayStateError> {
        let entry = AuditRow::new(account, "invitation.use", "", now);
        self.index.redeem_invitation(&invite::hash_of(code), &entry).await
    }

    /// Returns the terms in force, without the lowest price of the chain.
    pub fn terms(&self) -> PublishingTerms {
        *self.terms.read()
    }

    /// Sets the terms until they are set again, whatever the settings file says. They hold for new publish keys, sources, uploads
    /// and sessions at once.
    ///
    /// # Errors
    ///
    /// The records cannot be changed; then the terms stay as they are.
    pub async fn set_terms(
        &self,
        by: &AccountId,
        terms: PublishingTerms,
        now: Moment,
    ) -> Result<(), GatewayStateError> {
        let PublishingTerms { min_price, min_share_ppm } = terms;
        let note = format!("{min_price} planck for a tick, {min_share_ppm} parts per million");
        let row = PublishingTermsRow { min_price: min_price.0, min_share_ppm, made_at: now };
        let entry = AuditRow::new(by, "terms.set", "", now).with_note(note);
        self.index.set_publishing_terms(&row, &entry).await?;
        self.take_terms(terms);
        Ok(())
    }

    pub(super) async fn load_terms(&self) -> Result<(), GatewayStateError> {
        let stored = self.index.publishing_terms().await?;
        self.take_terms(stored.map_or(self.default_terms, |row| PublishingTerms {
            min_price: Planck(row.min_price),
            min_share_ppm: row.min_share_ppm,
        }));
        Ok(())
    }

    fn take_terms(&self, terms: PublishingTerms) {
        *self.terms.write() = terms;
        let of_chain = self.params.borrow().min_price;
        self.paywall.set_minimum(terms.min_price.0.max(of_chain), Permill::from_parts(terms.min_share_ppm));
    }
}
