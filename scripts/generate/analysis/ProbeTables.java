import org.apache.lucene.analysis.*; import org.apache.lucene.analysis.miscellaneous.*; import java.lang.reflect.*; import java.util.*; import java.io.*; import java.util.jar.*;
public class ProbeTables { public static void main(String[] a) throws Exception {
  PrintWriter w=new PrintWriter("chars.txt","UTF-8");
  for(int c=0;c<=0x10FFFF;c++) w.println(Character.getType(c)+" "+(Character.toLowerCase(c)-c)+" "+(Character.toUpperCase(c)-c)+" "+(Character.isWhitespace(c)?1:0)+" "+(Character.isLetterOrDigit(c)?1:0)+" "+(Character.isLetter(c)?1:0)); w.close();
  w=new PrintWriter("fold.txt","UTF-8"); char[] out=new char[16];
  for(int c=0x80;c<0x10000;c++){ if(c>=0xd800&&c<0xe000) continue; int n=ASCIIFoldingFilter.foldToASCII(new char[]{(char)c},0,out,0,1); String s=new String(out,0,n); if(!(n==1&&out[0]==c)) w.println(Integer.toHexString(c)+"\t"+s);} w.close();
  w=new PrintWriter("stops.txt","UTF-8");
  var m=new TreeMap<String,Set<?>>(org.opensearch.index.analysis.Analysis.NAMED_STOP_WORDS);
  for(var e:m.entrySet()){ TreeSet<String> t=new TreeSet<>(); for(Object o:(CharArraySet)e.getValue()) t.add(new String((char[])o)); w.println(e.getKey()+"\t"+String.join("\t",t)); }
  w.close();
}}
