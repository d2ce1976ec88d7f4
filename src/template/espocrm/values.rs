//! Turns the inside of a tag into an expression of Tera's.

use super::expression::{Call, Expr, Path};
use super::notes::ImportSeverity::NeedsAttention;
use super::notes::Notes;
use super::placeholders::Shape;
use super::scopes::{Found, Missing, Scopes};

/// An expression of Tera's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) code: String,
    pub(super) shape: Shape,
    /// Whether the expression needs no brackets within another expression.
    is_atom: bool,
    /// Whether the expression stands for an unknown name. There is a note then.
    pub(super) is_missing: bool,
}

impl Value {
    pub(super) fn atom(code: impl Into<String>, shape: Shape) -> Self {
        Self {
            code: code.into(),
            shape,
            is_atom: true,
            is_missing: false,
        }
    }

    /// An expression that is true or false. An expression with an unknown name in it counts as false.
    pub(super) fn composed(code: String, is_missing: bool) -> Self {
        if is_missing {
            return Self {
                is_missing,
                ..Self::atom("false", Shape::Flag)
            };
        }
        Self {
            is_atom: false,
            ..Self::atom(code, Shape::Flag)
        }
    }

    fn missing() -> Self {
        Self {
            is_missing: true,
            ..Self::atom("none", Shape::Text)
        }
    }

    /// The expression as an operand of another expression.
    pub(super) fn operand(&self) -> String {
        if self.is_atom {
            self.code.clone()
        } else {
            format!("({})", self.code)
        }
    }

    pub(super) fn negated(self) -> Self {
        let is_atom = matches!(self.code.as_str(), "true" | "false");
        let code = match self.code.as_str() {
            "true" => "false".to_owned(),
            "false" => "true".to_owned(),
            _ => format!("not {}", self.operand()),
        };
        Self {
            code,
            is_atom,
            ..self
        }
    }
}

/// The helpers that return a value, in contrast to helpers that print.
const GIVING: [&str; 7] = ["and", "or", "not", "equal", "notEqual", "lookup", "var"];

pub(super) fn gives_value(name: &str) -> bool {
    GIVING.contains(&name)
}

/// The meanings of names, and the notes about them.
#[derive(Debug)]
pub(super) struct Values<'s, 'a> {
    pub(super) scopes: &'s mut Scopes<'a>,
    pub(super) notes: &'s mut Notes,
}

impl Values<'_, '_> {
    pub(super) fn missing(&mut self, missing: Missing) -> Value {
        self.notes.add(NeedsAttention, missing.message, missing.hint);
        Value::missing()
    }

    /// The variable of a name. A remark about the placeholder becomes a note.
    pub(super) fn found(&mut self, path: &Path<'_>) -> Result<Found, Value> {
        match self.scopes.resolve(path) {
            Ok(found) => {
                if let Some((severity, remark)) = found.remark {
                    self.notes.add(severity, remark, None);
                }
                Ok(found)
            }
            Err(missing) => Err(self.missing(missing)),
        }
    }

    pub(super) fn value(&mut self, expr: &Expr<'_>) -> Value {
        match expr {
            Expr::Path(path) => match self.found(path) {
                Ok(found) => Value::atom(found.code, found.shape),
                Err(value) => value,
            },
            Expr::Text(text) => Value::atom(quoted(text), Shape::Text),
            // Tera does not accept two signs in a row.
            Expr::Number(number) => Value {
                is_atom: !number.starts_with('-'),
                ..Value::atom(*number, Shape::Number)
            },
            Expr::Bool(flag) => Value::atom(flag.to_string(), Shape::Flag),
            Expr::Nothing => Value::atom("none", Shape::Text),
            Expr::Call(call) => self.call(call),
        }
    }

    /// The condition that an expression stands for.
    pub(super) fn condition(&mut self, expr: &Expr<'_>) -> Value {
        let value = match expr {
            // In a condition, the format of a value does not matter.
            Expr::Path(path) => match self.scopes.resolve(path) {
                Ok(found) => Value::atom(found.condition.map_or(found.code, ToOwned::to_owned), Shape::Flag),
                Err(missing) => self.missing(missing),
            },
            _ => self.value(expr),
        };
        match value.code.as_str() {
            "none" => Value {
                code: "false".to_owned(),
                shape: Shape::Flag,
                ..value
            },
            _ => value,
        }
    }

    /// A call of a helper that returns a value.
    pub(super) fn call(&mut self, call: &Call<'_>) -> Value {
        let Some(name) = call.name().filter(|_| !call.is_alone()) else {
            return if call.is_alone() {
                self.value(&call.head)
            } else {
                self.missing(Missing::new("what stands here is not the name of a helper"))
            };
        };
        match (name, &call.args[..]) {
            ("and" | "or", [arg]) => self.condition(arg),
            ("and" | "or", args) if !args.is_empty() => {
                let parts: Vec<_> = args.iter().map(|arg| self.condition(arg)).collect();
                let codes: Vec<_> = parts.iter().map(Value::operand).collect();
                Value {
                    is_missing: parts.iter().any(|part| part.is_missing),
                    ..Value::composed(codes.join(&format!(" {name} ")), false)
                }
            }
            ("not", [arg]) => self.condition(arg).negated(),
            ("equal", [a, b]) => self.compared(a, "==", b),
            ("notEqual", [a, b]) => self.compared(a, "!=", b),
            ("lookup", [of, Expr::Text(key)]) | ("var", [Expr::Text(key), of]) => self.field(of, key),
            _ if gives_value(name) => {
                self.missing(Missing::new(format!("`{name}` is not used like this in EspoCRM")))
            }
            _ => self.missing(Missing {
                message: format!("there is no `{name}` here that could be used within a tag"),
                hint: None,
            }),
        }
    }

    pub(super) fn compared(&mut self, a: &Expr<'_>, sign: &str, b: &Expr<'_>) -> Value {
        let (a, b) = (self.value(a), self.value(b));
        let code = format!("{} {sign} {}", a.operand(), b.operand());
        let value = Value::composed(code, a.is_missing || b.is_missing);
        // An unknown value equals no other value.
        if value.is_missing && sign == "!=" {
            value.negated()
        } else {
            value
        }
    }

    fn field(&mut self, of: &Expr<'_>, key: &str) -> Value {
        let Expr::Path(path) = of else {
            return self.missing(Missing::new("a field is looked up in what has none"));
        };
        let mut parts = path.parts.clone();
        parts.push(key);
        let path = Path {
            parts,
            ..path.clone()
        };
        match self.found(&path) {
            Ok(found) => Value::atom(found.code, found.shape),
            Err(value) => value,
        }
    }
}

/// A text as Tera reads it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
