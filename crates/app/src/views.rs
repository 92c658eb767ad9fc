//! The document last looked at, as its view: the writer thread keeps it, because a screen asks for a
//! record again after each field saved. The thread ends with the session, and the view with it; no
//! other thread keeps anything.

use doorstep_domain::facts::FactView;
use std::cell::RefCell;
use uuid::Uuid;

/// The view of a document at these heads.
struct Known {
    doc: Uuid,
    heads: Vec<u8>,
    view: FactView,
}

enum Keeping {
    Nothing,
    Last(Option<Known>),
}

thread_local! {
    static HERE: RefCell<Keeping> = const { RefCell::new(Keeping::Nothing) };
}

/// From here on this thread keeps the view it made last.
pub(crate) fn keep_on_this_thread() {
    HERE.set(Keeping::Last(None));
}

/// Keeps a view, where views are kept.
pub(crate) fn keep(doc: Uuid, heads: &[u8], view: &FactView) {
    HERE.with_borrow_mut(|here| {
        if let Keeping::Last(last) = here {
            *last = Some(Known { doc, heads: heads.to_vec(), view: view.clone() });
        }
    });
}

/// The view of a document, if it is kept at exactly these heads.
pub(crate) fn kept(doc: Uuid, heads: &[u8]) -> Option<FactView> {
    HERE.with_borrow(|here| match here {
        Keeping::Last(Some(known)) if known.doc == doc && known.heads == heads => {
            Some(known.view.clone())
        }
        _ => None,
    })
}
