# Reference values for audience-stats' curves of survival: R's survival, with late entries, weights and clusters.
#
#   Rscript xtask/oracle/survival.R crates/audience-stats/tests/fixtures
#
# writes survival.json into that folder. It needs the packages survival and jsonlite.

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

set.seed(20)

# Units that come in clusters which are alike; some come late, times may tie, weights may be fractions.
units <- function(number, clusters, late, ties, weights) {
  cluster <- rep_len(seq_len(clusters), number)
  pace <- exp(rnorm(clusters, sd = 0.8))[cluster]
  exit <- rexp(number, pace) * 20 + 0.01
  entry <- ifelse(runif(number) < late, runif(number) * 10, 0)
  if (ties) {
    exit <- ceiling(exit)
    entry <- floor(entry)
  }
  exit <- pmin(exit, 40)
  kept <- entry < exit
  data <- data.frame(entry, exit, observed = as.integer(exit < 40 & runif(number) < 0.8), cluster)[kept, ]
  data$weight <- if (weights) round(runif(nrow(data), 0.2, 3), 3) else 1
  data
}

case <- function(data) {
  of <- Surv(entry, exit, observed) ~ 1
  options <- function(type) survfit(of, data, weights = weight, robust = FALSE, conf.type = type, timefix = FALSE)
  fit <- options("log-log")
  hazard <- survfit(of, data, weights = weight, robust = FALSE, stype = 2, timefix = FALSE)
  robust <- survfit(of, data, weights = weight, robust = TRUE, cluster = cluster, conf.type = "log-log", timefix = FALSE)
  finite <- function(values) ifelse(is.finite(values), values, NA)
  deviation <- function(fit) finite(if (fit$logse) fit$std.err * fit$surv else fit$std.err)
  median <- quantile(fit, 0.5)
  cox <- coxph(Surv(entry, exit, observed) ~ (cluster %% 2), data, ties = "breslow", timefix = FALSE)
  list(
    entry = data$entry, exit = data$exit, observed = data$observed, cluster = data$cluster, weight = data$weight,
    times = fit$time, at_risk = fit$n.risk, events = fit$n.event, survival = fit$surv,
    hazard = hazard$cumhaz,
    standard_error = deviation(fit), low = fit$lower, high = fit$upper,
    plain_low = options("plain")$lower, log_high = options("log")$upper,
    median = unbox(median$quantile), median_low = unbox(median$lower), median_high = unbox(median$upper),
    robust_error = deviation(robust), robust_low = robust$lower, robust_high = robust$upper,
    # Without ties and weights the score test of a model of proportional hazards is the log-rank test.
    odd_against_even = unbox(if (all(data$weight == 1) && !anyDuplicated(data$exit[data$observed == 1])) cox$score else NA)
  )
}

cases <- list(
  case(units(24, 5, 0, TRUE, FALSE)),
  case(units(30, 6, 0.5, FALSE, FALSE)),
  case(units(40, 8, 0.6, TRUE, FALSE)),
  case(units(25, 4, 0.4, TRUE, TRUE)),
  case(units(60, 12, 0.7, FALSE, FALSE))
)
source <- paste0(R.version.string, " with survival ", packageVersion("survival"), ", survfit and coxph")
text <- toJSON(list(source = unbox(source), cases = cases), digits = NA, na = "null")
writeLines(gsub("}, ?{\"entry", "},\n{\"entry", text, perl = TRUE), file.path(commandArgs(TRUE)[1], "survival.json"))
