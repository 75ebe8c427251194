//! What players say: sessions of fifty events, one a line.

use super::each;

/// How many events a session has.
pub(super) const SESSION: usize = 50;

/// So many CMCD reports as players post them.
pub fn reports(count: usize) -> String {
    each(count, |n| {
        let (session, number, ts) = (n / SESSION, n % SESSION, 1_795_204_690_750_u64 + n as u64 * 97);
        format!(
            "bl=(5800),br=(2095),cid=\"film\",e=t,mtp=(168600),sf=h,sid=\"cf109441-8c2c-4b0a-8c37-{session:012}\",sn={number},st=v,\
             sta=p,ts={ts},v=2"
        )
    })
}

/// What a request for a segment says of itself, by header: of the object, the request, the session.
pub(super) fn headers(n: usize) -> [String; 3] {
    let (session, number, buffer) = (n / SESSION, n % SESSION, n * 37 % 30_000);
    [
        "br=(2095),d=2000,ot=v".to_owned(),
        format!("bl=({buffer}),mtp=(168600),nor=(\"s2_{number:03}.m4s\"),sn={number},sta=p"),
        format!("cid=\"film\",sf=h,sid=\"cf109441-8c2c-4b0a-8c37-{session:012}\",st=v,v=2"),
    ]
}

/// The same in the query: all keys in order, escaped once.
pub(super) fn query(n: usize) -> String {
    let (session, number, buffer) = (n / SESSION, n % SESSION, n * 37 % 30_000);
    format!(
        "CMCD=bl%3D%28{buffer}%29%2Cbr%3D%282095%29%2Ccid%3D%22film%22%2Cd%3D2000%2Cmtp%3D%28168600%29%2C\
         nor%3D%28%22s2_{number:03}.m4s%22%29%2Cot%3Dv%2Csf%3Dh%2Csid%3D%22cf109441-8c2c-4b0a-8c37-{session:012}%22%2C\
         sn%3D{number}%2Cst%3Dv%2Csta%3Dp%2Cv%3D2"
    )
}

/// The same as the version before had it, without what that did not have.
pub(super) fn query_of_version_1(n: usize) -> String {
    let (session, buffer) = (n / SESSION, n * 37 % 30_000 / 100 * 100);
    format!(
        "CMCD=bl%3D{buffer}%2Cbr%3D2095%2Ccid%3D%22film%22%2Cd%3D2000%2Cdl%3D{buffer}%2Cmtp%3D168600%2Cot%3Dv%2Crtp%3D1600%2Csf%3Dh%2C\
         sid%3D%22cf109441-8c2c-4b0a-8c37-{session:012}%22%2Cst%3Dv"
    )
}
