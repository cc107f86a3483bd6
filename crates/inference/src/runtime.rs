//! The ONNX Runtime library: where it lies, and the one environment of this process.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ort::environment::Environment;

use crate::{InferenceError, error::guarded};

/// File name of the library on this system.
const LIBRARY: &str = if cfg!(windows) {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// Names the folder with the models when it is not found from the program's or the current folder.
const MODELS_VARIABLE: &str = "BAUTA_MODELS";

/// Where packages put the models, seen from a folder above the program: beside it in a checkout,
/// `/usr/lib/<product>` on Linux, `Contents/Resources` on macOS.
const PLACES: [&str; 4] = ["models", "lib/bauta/models", "lib/Bauta/models", "Resources/models"];

/// Set to 1, the ONNX Runtime records no telemetry and looks up no server to send it to.
const NO_TELEMETRY: &str = "ORT_DISABLE_TELEMETRY";

/// Keeps this process off the network: the ONNX Runtime's packages for Linux record each start in the user's cache
/// and try to send it to their makers. Its own switch (`with_telemetry`)
/// comes too late: the first record is made with the environment. Child processes inherit this.
///
/// # Safety
/// It sets an environment variable, so no other thread may run yet: call it first thing in `main`.
#[allow(unsafe_code)]
pub unsafe fn forbid_telemetry() {
    // SAFETY: the caller says that this is the only thread.
    unsafe { std::env::set_var(NO_TELEMETRY, "1") };
}

/// ONNX Runtime allows one environment a process, and the library cannot be unloaded.
static LOADED: Mutex<Option<Environment>> = Mutex::new(None);

/// The loaded ONNX Runtime and the folder of models. A handle: clones share both.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: Environment,
    models: PathBuf,
}

impl Runtime {
    /// Loads the library, or takes the one that this process loaded before. The models are expected
    /// beside the library's folder, as in `models/runtime/<library>` and `models/files/*.onnx`.
    ///
    /// # Errors
    /// When the library is missing, damaged, or too old.
    pub fn load(library: &Path) -> Result<Self, InferenceError> {
        let models = library.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        Ok(Self { environment: environment(library)?, models: models.to_path_buf() })
    }

    /// Loads the library of a folder of models, `<models>/runtime/<library>`.
    ///
    /// # Errors
    /// As for [`load`](Self::load).
    pub fn open(models: &Path) -> Result<Self, InferenceError> {
        Self::load(&models.join("runtime").join(LIBRARY))
    }

    /// Finds the folder of models and loads its library: `BAUTA_MODELS` when it is set, else the first
    /// folder with a `models.toml` or a `runtime` in it among the places where packages put them,
    /// upwards from the program's folder and then from the current one.
    ///
    /// # Errors
    /// When there is no such folder, or as for [`load`](Self::load).
    pub fn find() -> Result<Self, InferenceError> {
        if let Some(models) = std::env::var_os(MODELS_VARIABLE).filter(|value| !value.is_empty()) {
            return Self::open(Path::new(&models));
        }
        let program = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
        let starts: Vec<PathBuf> = program.into_iter().chain(std::env::current_dir().ok()).collect();
        match starts.iter().find_map(|start| models_above(start)) {
            Some(models) => Self::open(&models),
            None => Err(InferenceError::NoModelsFolder { searched: starts }),
        }
    }

    /// The environment to build sessions in.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The folder that holds `runtime/`, `files/` and `models.toml`.
    pub fn models_dir(&self) -> &Path {
        &self.models
    }

    /// Where the model file of this name belongs, `<models>/files/<name>`, whether it is there or not.
    pub fn model_file(&self, name: &str) -> PathBuf {
        self.models.join("files").join(name)
    }
}

fn models_above(start: &Path) -> Option<PathBuf> {
    let candidates = start.ancestors().flat_map(|folder| PLACES.map(|place| folder.join(place)));
    candidates.into_iter().find(|models| models.join("models.toml").is_file() || models.join("runtime").is_dir())
}

fn environment(library: &Path) -> Result<Environment, InferenceError> {
    // A panic while loading leaves `None` behind, which is as good as untouched.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = loaded.as_ref() {
        return Ok(environment.clone());
    }
    if !library.is_file() {
        return Err(InferenceError::LibraryMissing { path: library.into() });
    }
    // The binding looks for relative paths beside the program.
    let library = std::path::absolute(library).unwrap_or_else(|_| library.to_path_buf());
    let environment = guarded(|| {
        let builder = ort::init_from(&library).map_err(|error| error.to_string())?;
        let nothing_leaves_the_machine = builder.with_name("bauta").with_telemetry(false);
        nothing_leaves_the_machine.build().map_err(|error| error.to_string())
    })
    .map_err(|reason| InferenceError::LibraryUnusable { path: library.clone(), reason })?;
    Ok(loaded.insert(environment).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_are_found_upwards_and_where_packages_put_them() {
        let temp = tempfile::tempdir().unwrap();
        let (checkout, package) = (temp.path().join("checkout"), temp.path().join("usr"));
        for folder in [checkout.join("target/debug"), checkout.join("models"), package.join("bin")] {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::create_dir_all(package.join("lib/Bauta/models/runtime")).unwrap();
        assert_eq!(models_above(&checkout.join("target/debug")), None, "an empty models folder is somebody else's");
        std::fs::write(checkout.join("models/models.toml"), "").unwrap();
        assert_eq!(models_above(&checkout.join("target/debug")), Some(checkout.join("models")));
        assert_eq!(models_above(&package.join("bin")), Some(package.join("lib/Bauta/models")));
    }
}
