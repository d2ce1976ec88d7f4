//! Users who have a mail server of their own: from whom the mails of their meetings come, and how they leave.

use crate::mail::{Account, TransportError};
use crate::meeting::{MeetingId, PersonId, Reach};
use crate::pipeline::facts::Case;
use crate::pipeline::{Pipeline, PipelineError};

impl Case {
    /// The user from whose account the mails come.
    pub(in crate::pipeline) fn account_holder(&self) -> Option<PersonId> {
        let holder = || self.organizer.reference.id.clone();
        self.account.is_some().then(holder)
    }
}

impl Pipeline {
    /// A meeting with its people, and the account that mails about it come from. Its organizer must be known by address.
    pub(in crate::pipeline) async fn load_to_mail(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let mut case = self.load_case(id).await?;
        if case.organizer.reach == Reach::Hidden {
            return Err(PipelineError::AddressHidden {
                meeting: case.meeting.name().to_owned(),
                whose: format!("its assigned user, {}", case.organizer.display_name()),
            });
        }
        case.account = self.account_of(&case.organizer.reference.id).await?;
        Ok(case)
    }

    /// The account over which mails wait to leave.
    pub(in crate::pipeline) async fn account_with_mails(
        &self,
        user: &PersonId,
    ) -> Result<Account, PipelineError> {
        let account = self.account_of(user).await?;
        account.ok_or_else(|| PipelineError::NoAccount { user: user.clone() })
    }

    async fn account_of(&self, user: &PersonId) -> Result<Option<Account>, PipelineError> {
        let Some(accounts) = &self.accounts else {
            return Ok(None);
        };
        let account = accounts.account(user).await;
        account.map_err(|source| PipelineError::Account {
            user: user.clone(),
            source,
        })
    }
}

/// An error of a user's own mail server. A signature is the organization's, and so is what is wrong with it.
pub(in crate::pipeline) fn of_account(user: PersonId, error: TransportError) -> PipelineError {
    match error {
        TransportError::CannotSign { .. } => PipelineError::Transport(error),
        source => PipelineError::AccountTransport { user, source },
    }
}
