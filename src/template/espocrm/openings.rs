//! The conversion of a block's opening tag.

use super::converter::Converter;
use super::expression::{Call, Expr};
use super::frames::End;
use super::notes::ImportSeverity::NeedsAttention;
use super::placeholders::Shape;
use super::scopes::{Found, Missing, Scope};
use super::values::{Value, gives_value};

/// A converted opening tag.
#[derive(Debug)]
pub(super) struct Opening<'a> {
    /// Tera's statement, or the tag of an HTML element.
    pub(super) code: String,
    pub(super) end: End,
    pub(super) scope: Option<Scope>,
    pub(super) params: Vec<&'a str>,
    /// Whether the source stays beside the statement as a comment.
    pub(super) needs_attention: bool,
}

impl Opening<'_> {
    /// A block of which nothing is printed.
    pub(super) fn hidden() -> Self {
        Self {
            code: "if false".to_owned(),
            end: End::If,
            scope: None,
            params: Vec::new(),
            needs_attention: true,
        }
    }
}

/// EspoCRM's helpers for tables. EspoCRM's editor leaves them alone, but would rewrite HTML.
const ELEMENTS: [(&str, &str, &[&str]); 3] = [
    ("tableTag", "table", &["border", "cellpadding", "width"]),
    ("trTag", "tr", &[]),
    ("tdTag", "td", &["align", "width"]),
];

impl<'a> Converter<'a> {
    pub(super) fn opening(&mut self, call: &Call<'a>, is_inverse: bool) -> Opening<'a> {
        let Some(name) = call.name() else {
            return if call.args.is_empty() && call.hash.is_empty() {
                self.section(call, is_inverse)
            } else {
                self.unknown("what stands here is not the name of a helper")
            };
        };
        let element = ELEMENTS.iter().find(|(helper, ..)| *helper == name);
        match (name, &call.args[..]) {
            ("if", [condition]) => {
                let mut value = self.values().condition(condition);
                if matches!(call.option("includeZero"), Some(Expr::Bool(true))) && !value.is_missing {
                    let operand = value.operand();
                    value.code = format!("({operand} or {operand} == 0)");
                }
                conditional(value, is_inverse)
            }
            ("unless", [condition]) => conditional(self.values().condition(condition), !is_inverse),
            ("ifEqual", [a, b]) => conditional(self.values().compared(a, "==", b), is_inverse),
            ("ifNotEqual", [a, b]) => conditional(self.values().compared(a, "!=", b), is_inverse),
            ("ifMultipleOf", [of, by]) if !matches!(by, Expr::Number("0")) => {
                let (of, by) = (self.values().value(of), self.values().value(by));
                let code = format!("{} % {} == 0", of.operand(), by.operand());
                let is_missing = of.is_missing || by.is_missing;
                conditional(Value::composed(code, is_missing), is_inverse)
            }
            ("ifInArray", [item, list]) => {
                let (item, list) = (self.values().value(item), self.values().value(list));
                if list.shape != Shape::List && !list.is_missing {
                    return self.unknown("what is looked into is no list");
                }
                let code = format!("{} in {}", item.operand(), list.operand());
                let is_missing = item.is_missing || list.is_missing;
                conditional(Value::composed(code, is_missing), is_inverse)
            }
            ("each", [list]) if !is_inverse => self.each(list, call),
            ("with", [of]) if !is_inverse => self.with(of, call),
            (_, []) if call.hash.is_empty() && element.is_none() => self.section(call, is_inverse),
            (_, _) if gives_value(name) => conditional(self.values().call(call), is_inverse),
            (_, _) if !is_inverse && let Some((_, element, attributes)) = element => {
                self.element(element, attributes, call)
            }
            (
                "if" | "unless" | "each" | "with" | "ifEqual" | "ifNotEqual" | "ifMultipleOf" | "ifInArray",
                _,
            ) => self.unknown(&format!("`{name}` is not used like this in EspoCRM")),
            _ => self.unknown(&format!("there is no helper `{name}` here")),
        }
    }

    /// Hides a block whose meaning is not known.
    fn unknown(&mut self, message: &str) -> Opening<'a> {
        self.notes.add(
            NeedsAttention,
            message,
            Some("What stands in the block is kept, but not printed until you decide when.".to_owned()),
        );
        Opening::hidden()
    }

    /// `{{#x}}` without arguments: a loop if `x` is a list, otherwise a condition.
    fn section(&mut self, call: &Call<'a>, is_inverse: bool) -> Opening<'a> {
        let shape = match &call.head {
            Expr::Path(path) => self.scopes.resolve(path).ok().map(|found| found.shape),
            _ => None,
        };
        match shape {
            Some(Shape::List) if !is_inverse => self.each(&call.head, call),
            Some(Shape::Fields(_)) if !is_inverse => self.with(&call.head, call),
            _ => conditional(self.values().condition(&call.head), is_inverse),
        }
    }

    fn each(&mut self, list: &Expr<'a>, call: &Call<'a>) -> Opening<'a> {
        let value = self.values().value(list);
        let depth = self.scopes.loops();
        let item = match depth {
            0 => "participant".to_owned(),
            _ => format!("participant_{}", depth + 1),
        };
        let mut opening = Opening {
            code: format!("for {item} in {}", value.operand()),
            end: End::For,
            scope: Some(Scope::Item(item.clone())),
            params: call.params.clone(),
            needs_attention: false,
        };
        let is_of_espocrm = matches!(list, Expr::Path(path) if path.parts.last() != Some(&"participants"));
        if value.shape != Shape::List || value.is_missing {
            if !value.is_missing {
                let missing = Missing::new("only lists are gone through here");
                self.values().missing(missing);
            }
            opening.code = format!("for {item} in []");
            opening.scope = Some(Scope::Unknown);
            opening.needs_attention = true;
        } else if is_of_espocrm && std::mem::replace(&mut self.is_list_used, true) {
            // Otherwise the mail would name each participant twice.
            let message = "a loop before this one names all participants already; this one is left empty";
            self.notes.add(NeedsAttention, message, None);
            opening.code = format!("for {item} in []");
            opening.needs_attention = true;
        }
        opening
    }

    fn with(&mut self, of: &Expr<'a>, call: &Call<'a>) -> Opening<'a> {
        let value = self.values().value(of);
        if value.is_missing {
            return Opening {
                scope: Some(Scope::Unknown),
                params: call.params.clone(),
                ..Opening::hidden()
            };
        }
        let found = Found {
            code: value.operand(),
            shape: value.shape,
            condition: None,
            remark: None,
        };
        let scope = match of {
            // Within a loop, the item stays the item.
            Expr::Path(path) if path.is_here && path.parts.is_empty() => self.scopes.here(),
            _ => None,
        };
        Opening {
            code: format!("if {}", value.code),
            end: End::If,
            scope: Some(scope.unwrap_or(Scope::Value(found))),
            params: call.params.clone(),
            needs_attention: false,
        }
    }

    fn element(&mut self, element: &'static str, attributes: &[&str], call: &Call<'a>) -> Opening<'a> {
        let mut code = format!("<{element}");
        for (name, value) in &call.hash {
            let written = match value {
                Expr::Text(text) => text.clone(),
                Expr::Number(number) => (*number).to_owned(),
                _ => String::new(),
            };
            if written.is_empty() || !attributes.contains(name) {
                self.notes.add(
                    NeedsAttention,
                    format!("the option `{name}` is left out here"),
                    None,
                );
                continue;
            }
            let written = written.replace('&', "&amp;").replace('"', "&quot;");
            code.push_str(&format!(" {name}=\"{written}\""));
        }
        code.push('>');
        Opening {
            code,
            end: End::Element(element),
            scope: None,
            params: Vec::new(),
            needs_attention: false,
        }
    }
}

fn conditional<'a>(value: Value, is_inverse: bool) -> Opening<'a> {
    let needs_attention = value.is_missing;
    let value = if is_inverse { value.negated() } else { value };
    Opening {
        code: format!("if {}", value.code),
        end: End::If,
        scope: None,
        params: Vec::new(),
        needs_attention,
    }
}
