//! A complete, checked configuration, and the key that tells two of them apart.

use crate::base_url::BaseUrl;
use crate::config::{ClientAuth, Config, LONGEST_SECRET, ProxyChoice, client_secret, option, refusal};
use crate::error::Error;
use crate::file::{self, Source};
use crate::leftovers::{OF_A_CALL, wiped};
use crate::proxy::{self, Route};
use crate::secret::{Fingerprint, Secret};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// No collection of certificates is larger than this; the whole web's take a hundredth of it.
pub(crate) const MAX_CA_FILE: usize = 16 * 1024 * 1024;

/// Identifies a configuration: a hash over everything that reaches the wire or decides how it gets there.
pub type Key = [u8; 32];

/// What a client works with: every required option is there and every file was readable. The secret stands apart from
/// it, because it has to go before.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the authorization server is.
    pub base_url: BaseUrl,
    /// The client identifier.
    pub client_id: String,
    /// The client secret as it was when the client was made, as far as telling it apart needs it.
    pub client_secret: Fingerprint,
    /// Where the secret came from, if from a file, as an absolute path: it is read again when the server refuses it.
    pub client_secret_file: Option<PathBuf>,
    /// The scope to ask for.
    pub scope: Option<String>,
    /// How the client authenticates.
    pub client_auth: ClientAuth,
    /// The bound of one blocking call.
    pub timeout: Duration,
    /// The bound of resolving and connecting.
    pub connect_timeout: Duration,
    /// Certificates to trust besides the system's.
    pub(crate) ca_file: Option<Source>,
    /// The proxy to tunnel through, and why.
    pub route: Route,
}

impl Settings {
    /// Checks that nothing is missing or contradictory, and reads the secret file; the secret is given besides.
    ///
    /// # Errors
    /// `invalid_config` naming all that is missing, or the option that is wrong.
    pub fn new(config: &Config) -> Result<(Settings, Secret), Error> {
        let missing = missing(config);
        if !missing.is_empty() {
            return Err(Error::invalid_config(missing));
        }
        let base_url = config.base_url.clone().ok_or_else(|| refusal(option("base_url"), "is missing"))?;
        let client_secret_file = secret_file(config)?;
        let literal = config.client_secret.as_ref().map(|given| given.value.clone());
        let client_secret = match (&client_secret_file, literal) {
            (Some(path), _) => read_secret(path, file::HELD)?,
            (None, Some(secret)) => secret,
            (None, None) => return Err(refusal(option("client_secret"), "is missing")),
        };
        // Read by the name that was given, since the error goes by it; kept by one that means the same in every folder.
        let client_secret_file = client_secret_file.map(|path| {
            std::path::absolute(&path).map_err(|problem| unreadable("client_secret_file", &path, &problem))
        });
        let ca_file = config.ca_file.as_deref().map(|path| {
            Source::open(path, MAX_CA_FILE).map_err(|problem| unreadable("ca_file", path, &problem))
        });
        let settings = Settings {
            route: route(config, &base_url)?,
            base_url,
            client_id: config.client_id.clone().unwrap_or_default(),
            client_secret: client_secret.fingerprint(),
            client_secret_file: client_secret_file.transpose()?,
            scope: config.scope.clone(),
            client_auth: config.client_auth,
            timeout: config.timeout,
            connect_timeout: config.connect_timeout,
            ca_file: ca_file.transpose()?,
        };
        Ok((settings, client_secret))
    }

    /// The key of these settings. Each part is preceded by its length, so that no two settings share a key
    /// by moving a character from one part to the next.
    pub fn key(&self) -> Key {
        let path =
            |path: &Option<PathBuf>| path.as_ref().map(|path| path.as_os_str().as_encoded_bytes().to_vec());
        let parts = [
            Some(self.base_url.as_str().as_bytes().to_vec()),
            Some(self.client_id.as_bytes().to_vec()),
            Some(self.client_secret.bytes().to_vec()),
            path(&self.client_secret_file),
            self.scope.as_ref().map(|scope| scope.as_bytes().to_vec()),
            Some(vec![self.client_auth as u8]),
            Some(self.timeout.as_nanos().to_be_bytes().to_vec()),
            Some(self.connect_timeout.as_nanos().to_be_bytes().to_vec()),
            self.ca_file.as_ref().map(|source| source.path().as_os_str().as_encoded_bytes().to_vec()),
            // Two pipes may have had one name.
            self.ca_file.as_ref().and_then(Source::kept).map(<[u8]>::to_vec),
            self.route
                .proxy
                .as_ref()
                .map(|proxy| Secret::new(proxy.address()).fingerprint().bytes().to_vec()),
        ];
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        for part in parts {
            digest.update(&[u8::from(part.is_some())]);
            let bytes = part.unwrap_or_default();
            digest.update(&(bytes.len() as u64).to_be_bytes());
            digest.update(&bytes);
        }
        let mut key = [0; 32];
        key.copy_from_slice(digest.finish().as_ref());
        key
    }
}

/// One sentence that names everything that is missing; empty when nothing is.
fn missing(config: &Config) -> String {
    let mut names = Vec::new();
    if config.client_id.is_none() {
        names.push("client_id (XILNEX_CLIENT_ID)");
    }
    if config.client_secret.is_none() && config.client_secret_file.is_none() {
        names.push(
            "client_secret (XILNEX_CLIENT_SECRET, or XILNEX_CLIENT_SECRET_FILE with the path of a file)",
        );
    }
    let verb = if names.len() > 1 { "are" } else { "is" };
    if names.is_empty() {
        return String::new();
    }
    format!("{} {verb} missing: give the option or set the environment variable", names.join(" and "))
}

/// The file to read the secret from, if any. What a call gave wins over the environment; two from one source
/// contradict each other.
fn secret_file(config: &Config) -> Result<Option<PathBuf>, Error> {
    match (&config.client_secret, &config.client_secret_file) {
        (Some(secret), Some(file)) if secret.origin == file.origin => Err(refusal(
            option("client_secret_file"),
            "is given together with client_secret (XILNEX_CLIENT_SECRET): give only one of them",
        )),
        (Some(secret), Some(_)) if secret.origin == crate::config::Origin::Call => Ok(None),
        (_, file) => Ok(file.as_ref().map(|given| given.value.clone())),
    }
}

/// Reads a secret file as [`Config`] understands it, for a server that has to know the same secret.
///
/// # Errors
/// `invalid_config` with the path and the reason; never a piece of the content.
pub fn secret_text(path: impl AsRef<Path>) -> Result<Zeroizing<String>, Error> {
    text_of(path.as_ref(), file::HELD)
}

fn text_of(path: &Path, held: Duration) -> Result<Zeroizing<String>, Error> {
    let row = option("client_secret_file");
    // Room for all of it from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 64));
    file::read(path, LONGEST_SECRET, held, &mut bytes).map_err(|problem| match problem.kind() {
        ErrorKind::FileTooLarge => {
            refusal(row, "is larger than 16 KiB: give the file that holds the secret alone")
        }
        // What leads nowhere may be the secret itself, in the wrong option.
        _ if !path.is_absolute() && !path.exists() => refusal(
            row,
            &format!("cannot be read: {problem}: give the path of a file and check its permissions"),
        ),
        _ => unreadable(row.name, path, &problem),
    })?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| refusal(row, "is not UTF-8: save the secret as UTF-8 text"))?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if text.is_empty() {
        return Err(refusal(row, "names an empty file: write the client secret into it"));
    }
    client_secret(text).map_err(|told| refusal(row, &format!("names a file whose text {told}")))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The secret in a file, which is tried again as long as `held` if another program holds it. What reading leaves on the
/// stack goes at once: a structure that is built there next takes it along between its members.
pub(crate) fn read_secret(path: &Path, held: Duration) -> Result<Secret, Error> {
    wiped::<OF_A_CALL, _>(|| text_of(path, held).map(Secret::from))
}

fn unreadable(name: &'static str, path: &Path, problem: &std::io::Error) -> Error {
    refusal(
        option(name),
        &format!("cannot be read: {}: {problem}: check the path and its permissions", path.display()),
    )
}

fn route(config: &Config, target: &BaseUrl) -> Result<Route, Error> {
    match &config.proxy {
        ProxyChoice::None => Ok(Route::new(None, "the option proxy is none")),
        // No proxy may see the secret that plain http carries, so the option does not count there.
        ProxyChoice::Use(proxy) if target.is_https() => {
            Ok(Route::new(Some(proxy.clone()), "the option proxy names it"))
        }
        ProxyChoice::Use(_) => Ok(Route::new(None, "plain http goes to this machine only")),
        ProxyChoice::Environment => proxy::from_environment(target, |name| std::env::var_os(name))
            .map_err(|told| refusal(option("proxy"), &format!("is not given, and {told}"))),
    }
}

#[cfg(test)]
mod tests;
