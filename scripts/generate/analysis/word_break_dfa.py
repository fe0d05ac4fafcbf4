"""The token grammar of the standard tokenizer (UAX #29 word rules, UTS #51 emoji) as a minimal automaton.

The rules are written from UAX #29 (WB4 to WB16) and UTS #51; `check` compares the automaton with the reference
through Tok.java on all short and many random strings of classes.
"""
import sys
CL='OTHER ALETTER HEBREW HANGUL KATAKANA HIRAGANA HAN NUMERIC DIGIT MIDLETTER MIDNUM MIDNUMLET SINGLE DOUBLE EXTNUMLET EXTEND ZWJ VS15 VS16 KEYCAP RI EMOJI EMOJILETTER MOD SEA SEAEXT HASH'.split()
ID={c:i for i,c in enumerate(CL)}
# regex AST
class R: pass
def cls(*n): return ('c',frozenset(ID[x] for x in n))
def seq(*r): return ('s',)+r
def alt(*r): return ('a',)+r
def star(r): return ('*',r)
def plus(r): return seq(r,star(r))
def opt(r): return alt(r,('e',))
class NFA:
  def __init__(s): s.eps=[];s.tr=[]
  def new(s): s.eps.append([]);s.tr.append([]);return len(s.eps)-1
  def build(s,r,a,b):
    k=r[0]
    if k=='c': s.tr[a].append((r[1],b))
    elif k=='e': s.eps[a].append(b)
    elif k=='s':
      cur=a
      for x in r[1:-1]:
        n=s.new(); s.build(x,cur,n); cur=n
      s.build(r[-1],cur,b)
    elif k=='a':
      for x in r[1:]: s.build(x,a,b)
    elif k=='*':
      m=s.new(); s.eps[a].append(m); s.build(r[1],m,m) if False else None
      e=s.new(); s.build(r[1],m,e); s.eps[e].append(m); s.eps[m].append(b)
def dfa(rules,ncls):
  n=NFA(); st=n.new(); acc={}
  for pri,(name,r) in enumerate(rules):
    x=n.new(); y=n.new(); n.eps[st].append(x); n.build(r,x,y); acc[y]=(pri,name)
  def close(S):
    S=set(S);w=list(S)
    while w:
      q=w.pop()
      for t in n.eps[q]:
        if t not in S: S.add(t); w.append(t)
    return frozenset(S)
  start=close([st]); idx={start:0}; order=[start]; T=[]; A=[]
  i=0
  while i<len(order):
    S=order[i]; i+=1
    row=[]
    for c in range(ncls):
      N=set()
      for q in S:
        for (cs,t) in n.tr[q]:
          if c in cs: N.add(t)
      if not N: row.append(-1); continue
      N=close(N)
      if N not in idx: idx[N]=len(order); order.append(N)
      row.append(idx[N])
    T.append(row)
    a=[acc[q] for q in S if q in acc]; A.append(min(a)[1] if a else None)
  # minimise (Moore)
  part=[A[i] for i in range(len(T))]
  while True:
    sig=[(part[i],tuple(part[t] if t>=0 else '-' for t in T[i])) for i in range(len(T))]
    ids={}; 
    new=[ids.setdefault(s,len(ids)) for s in sig]
    if len(set(new))==len(set(part)): part=new; break
    part=new
  # renumber by first occurrence
  ren={}; 
  for p in part: ren.setdefault(p,len(ren))
  m=len(ren); TT=[None]*m; AA=[None]*m
  for i in range(len(T)):
    p=ren[part[i]]; TT[p]=[ren[part[t]] if t>=0 else -1 for t in T[i]]; AA[p]=A[i]
  return TT,AA
def rules():
  EXT=('EXTEND','ZWJ','VS15','VS16','KEYCAP','MOD','SEAEXT')
  X=star(cls(*EXT))
  def ex(*n): return seq(cls(*n),X)
  HL=ex('HEBREW'); NU=ex('NUMERIC','DIGIT'); AL=ex('ALETTER','HANGUL','EMOJILETTER'); AH=ex('ALETTER','HANGUL','EMOJILETTER','HEBREW')
  KA=ex('KATAKANA'); ENL=ex('EXTNUMLET'); ML=ex('MIDLETTER','MIDNUMLET','SINGLE'); MN=ex('MIDNUM','MIDNUMLET','SINGLE')
  SQ=ex('SINGLE'); DQ=ex('DOUBLE')
  core=alt(seq(KA,star(seq(star(ENL),KA))),
    plus(alt(seq(HL,alt(SQ,seq(DQ,HL))), seq(NU,star(seq(alt(star(ENL),MN),NU))), seq(AH,star(seq(alt(star(ENL),ML),AH))))))
  word=seq(star(ENL),core,star(seq(plus(ENL),core)),star(ENL))
  num=seq(star(ENL),NU,star(seq(alt(star(ENL),MN),NU)),star(ENL))
  E=('EMOJI','EMOJILETTER')
  XS=star(cls('EXTEND','ZWJ','KEYCAP','MOD','SEAEXT'))
  ZW=plus(cls('ZWJ'))
  elem=seq(cls(*E),XS,opt(cls('VS16')))
  emod=seq(cls('MOD'),XS)
  emoji=alt(seq(cls('RI'),X,cls('RI'),X), seq(cls('DIGIT','HASH'),XS,opt(cls('VS16')),cls('KEYCAP'),XS),
     seq(alt(emod,seq(opt(ZW),elem)),star(alt(seq(ZW,elem),seq(cls('ZWJ'),emod)))))
  return [('EM',emoji),('NU',num),('HA',plus(ex('HANGUL'))),('KA',plus(KA)),('AL',word),('SO',plus(ex('SEA','SEAEXT'))),('ID',ex('HAN')),('HI',ex('HIRAGANA'))]
REP={'OTHER':0x21,'ALETTER':0x61,'HEBREW':0x5d0,'HANGUL':0xd55c,'KATAKANA':0x30a2,'HIRAGANA':0x3072,'HAN':0x6f22,'NUMERIC':0x663,'DIGIT':0x31,'MIDLETTER':0x3a,'MIDNUM':0x2c,'MIDNUMLET':0x2e,'SINGLE':0x27,'DOUBLE':0x22,'EXTNUMLET':0x5f,'EXTEND':0x301,'ZWJ':0x200d,'VS15':0xfe0e,'VS16':0xfe0f,'KEYCAP':0x20e3,'RI':0x1f1e6,'EMOJI':0x1f469,'EMOJILETTER':0x2139,'MOD':0x1f3fb,'SEA':0xe01,'SEAEXT':0xe31,'HASH':0x23}
def run(T,A,s):
  i=0;out=[]
  while i<len(s):
    st=0;j=i;best=None
    while j<len(s):
      st=T[st][s[j]]
      if st<0: break
      j+=1
      if A[st]: best=(j,A[st])
    if best: out.append('%d-%d%s'%(i,best[0],best[1])); i=best[0]
    else: i+=1
  return ' '.join(out)
if __name__=='__main__':
  import subprocess,itertools,random
  T,A=dfa(rules(),len(CL)); print(len(T),'states')
  names=sys.argv[2].split(',') if len(sys.argv)>2 and sys.argv[2] else CL
  n=int(sys.argv[1])
  strs=[]
  if n>0:
    for k in range(1,n+1): strs+=list(itertools.product([ID[x] for x in names],repeat=k))
  else:
    random.seed(5)
    for _ in range(200000):
      strs.append(tuple(ID[random.choice(names)] for _ in range(random.randint(3,14))))
  inp='\n'.join(' '.join('%x'%REP[CL[c]] for c in s) for s in strs)+'\n'
  out=subprocess.run(['/usr/lib/jvm/temurin-25-jdk-amd64/bin/java','-cp','/work/ref/opensearch-3.8.0/lib/*','Tok.java'],input=inp.encode(),capture_output=True).stdout.decode().split('\n')
  bad=0
  for s,o in zip(strs,out):
    mine=run(T,A,s)
    if mine!=o.strip():
      bad+=1
      if bad<25: print(' '.join(CL[c] for c in s),'| ref',o,'| mine',mine)
  print('bad',bad,'of',len(strs))
