//! `invite smtp users`: users who have a mail server of their own.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::account::AccountArguments;
use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, STRONG, Table, visible};
use crate::command::{DONE, Outcome};
use crate::database::DatabaseError;
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::mail::{AccountSettings, Mailbox};
use crate::meeting::{PersonId, PersonRef};
use crate::pipeline::PipelineError;

#[derive(Debug, Subcommand)]
pub(in crate::command) enum UsersCommand {
    /// The accounts of all users, without their passwords
    #[command(after_help = "Example: invite smtp users list")]
    List,
    /// Give a user an account: the invitations to the user's meetings come from its address and leave over its server
    Set(Set),
    /// Take a user's account away; later invitations are the organization's again
    Remove(Remove),
    /// Connect and log in to a user's server, and show what it says; no mail is sent
    Test(Test),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite smtp users set ana --url smtps://mail.acme.example --from ana@acme.example --username ana --password-file ana.secret"
)]
pub(in crate::command) struct Set {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
    #[command(flatten)]
    account: AccountArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite smtp users remove ana")]
pub(in crate::command) struct Remove {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite smtp users test ana")]
pub(in crate::command) struct Test {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
}

#[derive(Debug, thiserror::Error)]
#[error("the user {:?} has no SMTP account", user.as_str())]
struct NoAccount {
    user: PersonId,
}

impl Fault for NoAccount {
    fn kind(&self) -> &'static str {
        "smtp.account_not_found"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("see `invite smtp users list`; `invite smtp users set` gives a user one".into())
    }
}

impl UsersCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        match self {
            Self::List => list(session).await,
            Self::Set(set) => set.run(session).await,
            Self::Remove(of) => remove(session, &of.user).await,
            Self::Test(of) => test(session, &of.user).await,
        }
    }
}

/// A mailbox as `smtp.from` has it.
fn written(mailbox: &Mailbox) -> String {
    match &mailbox.name {
        Some(name) => format!("{name} <{}>", mailbox.address),
        None => mailbox.address.to_string(),
    }
}

/// An account in documents. An account that does not open with this key is there too, with `readable` false.
fn document(user: &PersonId, account: Option<&AccountSettings>) -> Value {
    json!({
        "user": user,
        "from": account.map(|account| written(&account.from)),
        "server": account.map(AccountSettings::url),
        "username": account.and_then(username),
        "readable": account.is_some(),
    })
}

fn username(account: &AccountSettings) -> Option<&str> {
    account.login.as_ref().map(|(user, _)| user.as_str())
}

async fn list(session: &Session<'_>) -> Outcome {
    let accounts = session.database().await?.smtp_accounts().await?;
    let documents: Vec<_> = accounts
        .iter()
        .map(|(user, account)| document(user, account.as_ref()))
        .collect();
    session.terminal.result(&documents, || {
        let mut table = Table::default();
        let plain = anstyle::Style::new();
        for (user, account) in &accounts {
            match account {
                Some(account) => table.row([
                    (user.as_str(), STRONG),
                    (written(&account.from).as_str(), plain),
                    (account.url().as_str(), plain),
                    (username(account).unwrap_or("no log-in"), DIM),
                ]),
                None => table.row([
                    (user.as_str(), STRONG),
                    ("cannot be decrypted with this key", BAD),
                ]),
            }
        }
        if table.is_empty() {
            "no user has an account; all mails are the organization's\n".to_owned()
        } else {
            table.to_text()
        }
    });
    Ok(DONE)
}

impl Set {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let user = PersonRef::user(self.user.clone());
        let crm = session.crm().await?;
        let known = crm.records().person(&user).await;
        if known.map_err(BoxFault::new)?.is_none() {
            return Err(BoxFault::new(DatabaseError::NoPerson { person: user }));
        }
        let account = self.account.settings(session.terminal).map_err(BoxFault::new)?;
        let database = session.database().await?;
        database.put_smtp_account(&self.user, &account).await?;
        session
            .terminal
            .result(&document(&self.user, Some(&account)), || {
                let (from, server) = (visible(&written(&account.from)), account.url());
                format!(
                    "the invitations to meetings of {} come from {from}, over {server}\n",
                    self.user
                )
            });
        Ok(DONE)
    }
}

async fn remove(session: &Session<'_>, user: &PersonId) -> Outcome {
    if !session.database().await?.remove_smtp_account(user).await? {
        return Err(BoxFault::new(NoAccount { user: user.clone() }));
    }
    session
        .terminal
        .result(&json!({"user": user, "removed": true}), || {
            format!("the invitations to meetings of {user} are the organization's again\n")
        });
    Ok(DONE)
}

async fn test(session: &Session<'_>, user: &PersonId) -> Outcome {
    let account = session.accounts().await?.of(user).await?;
    let Some((account, transport)) = account else {
        return Err(BoxFault::new(NoAccount { user: user.clone() }));
    };
    let refused = |source| PipelineError::AccountTransport {
        user: user.clone(),
        source,
    };
    let answer = transport.check().await.map_err(refused)?;
    let server = account.url();
    session.terminal.result(
        &json!({"user": user, "server": server, "username": username(&account), "answer": answer}),
        || {
            format!(
                "{GOOD}ready{GOOD:#}  {server}  {DIM}{}{DIM:#}\n",
                visible(&answer)
            )
        },
    );
    Ok(DONE)
}
