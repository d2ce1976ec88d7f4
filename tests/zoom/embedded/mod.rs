//! The embedded Zoom, over real HTTP: what a client of Zoom may rely on, and what it must be ready for.

mod desk;
mod errors;
mod faults;
mod limits;
mod meetings;
mod oauth;
mod process;
mod state;
