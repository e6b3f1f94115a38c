//! Asks for what no flag says.

use std::io::{self, BufRead, BufReader, IsTerminal, Stderr, Stdin, Write};

use anyhow::Context;

use crate::cli::Failure;

/// Somebody who can be asked.
pub(super) struct Dialogue<R, W> {
    answers: R,
    questions: W,
}

impl Dialogue<BufReader<Stdin>, Stderr> {
    /// Whoever sits at the terminal, if there is one.
    pub(super) fn with_terminal() -> Option<Self> {
        let is_there = io::stdin().is_terminal() && io::stderr().is_terminal();
        is_there.then(|| Self {
            answers: BufReader::new(io::stdin()),
            questions: io::stderr(),
        })
    }
}

impl<R: BufRead, W: Write> Dialogue<R, W> {
    /// Asks until the answer can be read; an empty one stands for `usual`, if there is something usual.
    pub(super) fn ask<T>(
        &mut self,
        question: &str,
        usual: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let usual_in_words = match usual {
                None => String::new(),
                Some("") => " [none]".to_owned(),
                Some(usual) => format!(" [{usual}]"),
            };
            let cannot = "cannot ask on this terminal";
            write!(self.questions, "{question}{usual_in_words}: ").context(cannot)?;
            self.questions.flush().context(cannot)?;
            let mut line = String::new();
            let length = self.answers.read_line(&mut line).context(cannot)?;
            if length == 0 {
                return Err(Failure::said(
                    "the answers ended before the questions did, and nothing was made",
                ));
            }
            let answer = match (line.trim(), usual) {
                ("", Some(usual)) => usual,
                (answer, _) => answer,
            };
            match read(answer) {
                Ok(value) => return Ok(value),
                Err(problem) => writeln!(self.questions, "  {problem}").context(cannot)?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &str, usual: Option<&str>) -> (Result<u8, String>, String) {
        let mut dialogue = Dialogue {
            answers: answers.as_bytes(),
            questions: Vec::new(),
        };
        let read = |text: &str| text.parse().map_err(|_| format!("{text:?} is no number"));
        let answer = dialogue.ask("How many", usual, read);
        (
            answer.map_err(|failure| failure.to_string()),
            String::from_utf8(dialogue.questions).unwrap(),
        )
    }

    #[test]
    fn a_wrong_answer_is_told_and_the_question_asked_again() {
        assert_eq!(
            asked(" many\n\n 7 \r\n8\n", None),
            (
                Ok(7),
                "How many:   \"many\" is no number\nHow many:   \"\" is no number\nHow many: "
                    .to_owned()
            )
        );
    }

    #[test]
    fn an_empty_answer_is_the_usual_one() {
        assert_eq!(asked("\n", Some("3")), (Ok(3), "How many [3]: ".to_owned()));
    }

    #[test]
    fn the_end_of_answers_is_no_endless_question() {
        let (answer, _) = asked("many", None);
        assert!(answer.unwrap_err().contains("nothing was made"));
    }
}
